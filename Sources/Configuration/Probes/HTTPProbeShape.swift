extension ObjectShape {
    static let httpProbe = ObjectShape([
        .required("url", .secret, "URL to ask"),
        .optional("request", .object(httpRequest), "what to send; default a GET"),
        .optional("status", .list(.status), "accepted statuses: 200, 2xx, 200-299; default 200"),
        .optional("headers", .map(.shorthand(textMatcher)), "headers that must be there: a part of the value, or more"),
        .optional("body_contains", .string, "text that the body must contain"),
        .optional("body", .object(httpBody), "what the body must be"),
        .optional("json", .map(.shorthand(valueMatcher)), "JSON pointer, and the value that must stand there, or more"),
        .optional("within", .duration, "longest time to the last byte"),
        .optional("authority", .path, "CA file that signed the certificate"),
        .optional("redirects", .object(httpRedirects), "redirects to follow; default none"),
        .optional("addresses", .choice(["all", "any"]), "which addresses of the host must answer; default all"),
        .optional("plaintext_redirect", .boolean, "whether plain HTTP must redirect to HTTPS or refuse; default false"),
        .optional("plaintext_port", .integer(1...65535), "port of plain HTTP; default 80"),
        .optional("hsts", .boolean, "whether Strict-Transport-Security must be sent; default false"),
        .optional("health", .boolean, "whether the body is a health document; default: as its content type says"),
        .optional("steps", .list(.object(httpStep)), "requests that must succeed one after the other"),
        .optional("cleanup", .list(.object(httpStep)), "requests that always follow the steps"),
    ])

    static let httpRequest = ObjectShape([
        .optional("method", .choice(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]), "default GET"),
        .optional("headers", .map(.secret), "headers to send; their values are never printed"),
        .optional("bearer", .secret, "token for an Authorization header"),
        .optional("body", .secret, "text to send"),
        .optional("file", .path, "file to send"),
        .optional("http_version", .choice(["1.1", "2"]), "version to ask for, which must be spoken then"),
        .optional("client_certificate", .path, "PEM file with a certificate to show"),
        .optional("client_key", .path, "PEM file with its key; default: the same file"),
    ])

    static let httpBody = ObjectShape([
        .optional("contains", .list(.string), "texts that must be there"),
        .optional("not_contains", .list(.string), "texts that must not be there"),
        .optional("matches", .string, "regular expression that must match somewhere"),
        .optional("sha256", .string, "SHA-256 of the whole body, in hexadecimal"),
        .optional("min_bytes", .integer(0...(64 << 20)), "fewest bytes"),
        .optional("max_bytes", .integer(0...(64 << 20)), "most bytes"),
    ])

    static let httpRedirects = ObjectShape([
        .optional("follow", .integer(0...20), "most redirects to follow; credentials stay at their host; default 0"),
        .optional(
            "location", .shorthand(textMatcher), "the last location: a part of it, or more"),
    ])

    static let httpStep = ObjectShape([
        .required("name", .string, "what the step shows"),
        .required("request", .object(httpStepRequest), "the request to send"),
        .optional("expect", .object(httpStepExpectation), "what the response must be; default status 200"),
        .optional("capture", .map(.string), "values for later steps: name, and JSON pointer or header:NAME"),
    ])

    static let httpStepRequest = ObjectShape([
        .optional("method", .choice(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]), "default GET"),
        .required("path", .template([.capture]), "path and query at the target's host; may hold ${capture:name}"),
        .optional("headers", .map(.template([.capture])), "headers to send; their values are never printed"),
        .optional("body", .template([.capture]), "text to send"),
    ])

    static let httpStepExpectation = ObjectShape([
        .optional("status", .list(.status), "accepted statuses: 200, 2xx, 200-299; default 200"),
        .optional("headers", .map(.shorthand(textMatcher)), "headers that must be there"),
        .optional("body", .object(httpBody), "what the body must be"),
        .optional("json", .map(.shorthand(valueMatcher)), "JSON pointer, and the value that must stand there, or more"),
    ])

    static let textMatcher = ObjectShape([
        .optional("equals", .string, "the whole value"),
        .optional("not_equals", .string, "what the value must not be"),
        .optional("contains", .string, "a part of the value"),
        .optional("matches", .string, "regular expression that must match somewhere"),
        .optional("exists", .boolean, "false: it must not be there"),
        .optional("semver", .string, "versions, for example >=1.2 <2"),
    ])

    static let valueMatcher = ObjectShape([
        .optional("equals", .string, "value and type: true, 3 and null are no texts"),
        .optional("not_equals", .string, "what the value must not be"),
        .optional("type", .choice(["text"]), "text: read equals and not_equals as a text, \"3\""),
        .optional("greater_than", .number(-1e15...1e15), "number below the value"),
        .optional("less_than", .number(-1e15...1e15), "number above the value"),
        .optional("at_least", .number(-1e15...1e15), "smallest value"),
        .optional("at_most", .number(-1e15...1e15), "largest value"),
        .optional("matches", .string, "regular expression that must match somewhere"),
        .optional("contains", .string, "part of a text, element of a list, or member of an object"),
        .optional("length", .integer(0...1_000_000_000), "characters, elements or members"),
        .optional("exists", .boolean, "false: nothing may stand there"),
        .optional("semver", .string, "versions, for example >=1.2 <2"),
    ])
}
