extension ObjectShape {
    static let httpProbe = ObjectShape([
        .required("url", .string, "URL to GET"),
        .optional("status", .list(.integer(100...599)), "accepted statuses; default 200"),
        .optional("headers", .map(.string), "headers that must be there, with a part of their value"),
        .optional("body_contains", .string, "text that the body must contain"),
        .optional("within", .duration, "longest time to the last byte"),
        .optional("authority", .path, "CA file that signed the certificate"),
    ])
}
