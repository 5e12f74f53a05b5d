extension ObjectShape {
    /// An element of `notify`.
    static let notification = ObjectShape(
        [.optional("webhook", .object(webhook), "an HTTP endpoint that takes JSON")], exactlyOne: ["webhook"])

    static let webhook = ObjectShape([
        .required("url", .secret, "URL to POST to; never printed, since such URLs hold tokens"),
        .required("signing_key", .secret, "key of the signature in X-Opsctl-Signature; at least 32 bytes"),
        .optional(
            "events", .list(.choice(["start", "gate", "rollback", "commit", "blocked"])), "what is told; default: all"),
        .optional("deadline", .duration, "longest time for one notice with all its tries; default 30s"),
        .optional("authority", .path, "CA file that signed the endpoint's certificate"),
    ])
}
