extension ObjectShape {
    /// `smoke`, where it is more than a list of steps.
    static let smoke = ObjectShape([
        .optional("suites", .list(.path), "files with a suite each; opsctl schema --of smoke-suite describes them"),
        .optional("steps", .list(.object(smokeStep)), "steps of a suite of this file"),
        .optional("cleanup", .list(.object(smokeStep)), "steps that always follow those, however they ended"),
        .optional("deadline", .duration, "longest time of all steps together, without cleanup; default 10m"),
    ])

    /// A file of `smoke.suites`.
    package static let smokeSuite = ObjectShape([
        .required("version", .integer(1...1), "the format of this file: 1"),
        .optional("name", .string, "name of the suite; default: that of the file"),
        .optional("deadline", .duration, "longest time of all steps together, without cleanup; default 10m"),
        .required("steps", .list(.object(smokeStep)), "requests, in their order"),
        .optional("cleanup", .list(.object(smokeStep)), "steps that always follow, however the others ended"),
    ])

    static let smokeStep = ObjectShape([
        .required("name", .string, "what the step shows"),
        .required("request", .object(smokeRequest), "the request to send"),
        .optional("expect", .object(smokeExpectation), "what the response must be; default status 200"),
        .optional("sse", .object(smokeEvents), "read the response as a stream of events until one comes"),
        .optional(
            "capture", .map(.string),
            "values for later steps: name, and JSON pointer (RFC 6901), header:NAME or body:REGEX (its first group)"),
        .optional("retry", .object(smokeRetry), "ask again until it holds"),
        .optional("skip", .string, "why the step is left out"),
    ])

    static let smokeRequest = ObjectShape([
        .optional("method", .choice(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]), "default GET"),
        .required("path", .template([.capture]), "path and query; may hold ${capture:name}"),
        .optional("headers", .map(.template([.capture])), "headers to send; their values are never printed"),
        .optional("body", .template([.capture]), "text to send"),
        .optional("file", .path, "file to send"),
        .optional("form", .list(.object(smokeFormPart)), "parts of a multipart/form-data body"),
    ])

    static let smokeFormPart = ObjectShape(
        [
            .required("name", .string, "name of the field"),
            .optional("value", .template([.capture]), "text of the field"),
            .optional("file", .path, "file to send in it"),
            .optional("filename", .string, "name to send with the file; default: its own"),
            .optional("content_type", .string, "type to send with the file; default application/octet-stream"),
        ], exactlyOne: ["value", "file"])

    static let smokeExpectation = ObjectShape([
        .optional("status", .list(.integer(100...599)), "accepted statuses; default 200"),
        .optional("headers", .map(.shorthand(smokeMatcher)), "headers: a part of the value, or more"),
        .optional("json", .map(.shorthand(smokeMatcher)), "JSON pointer, and the value that must stand there, or more"),
        .optional("body_contains", .string, "text that the body must contain"),
        .optional("body_not_contains", .list(.string), "texts that the body must not contain"),
        .optional("body_matches", .string, "regular expression that must match somewhere in the body"),
        .optional("body_begins", .string, "text that the body must begin with"),
        .optional("smaller_than", .path, "file that must be larger than the body"),
        .optional("within", .duration, "longest time to the last byte; default 30s"),
    ])

    static let smokeMatcher = ObjectShape([
        .optional("equals", .string, "the whole value, as text"),
        .optional("one_of", .list(.string), "the values that it may be"),
        .optional("contains", .string, "part of a text, element of a list, or member of an object"),
        .optional("matches", .string, "regular expression that must match somewhere"),
        .optional("at_least", .number(-1e15...1e15), "smallest value"),
        .optional("at_most", .number(-1e15...1e15), "largest value"),
        .optional("exists", .boolean, "false: nothing may stand there"),
    ])

    static let smokeEvents = ObjectShape([
        .required("until", .object(smokeEvent), "the event that must come"),
        .optional("within", .duration, "longest time from the request to the event; default 30s"),
    ])

    static let smokeEvent = ObjectShape([
        .optional("event", .string, "its name; default: any"),
        .optional("json", .map(.shorthand(smokeMatcher)), "JSON pointer into its data, and what must stand there"),
    ])

    static let smokeRetry = ObjectShape([
        .required("deadline", .duration, "longest wait"),
        .optional("interval", .interval, "pause between two tries; default 100ms"),
    ])

    /// `deploy.golden`.
    static let golden = ObjectShape([
        .required("requests", .list(.object(goldenRequest)), "what both slots are asked at the same moment"),
        .optional("rounds", .integer(1...1000), "how often; 7 pairs can prove a regression; default 7"),
        .optional("size_tolerance", .number(0...1), "share by which sizes may differ; default 0.01"),
        .optional("time_ratio", .number(1...100), "slower than this times the baseline is slow; default 1.5"),
    ])

    static let goldenRequest = ObjectShape([
        .required("name", .string, "the file or case"),
        .required("steps", .list(.object(smokeStep)), "as in smoke; the response of the last one is compared"),
        .optional("cleanup", .list(.object(smokeStep)), "steps that always follow"),
        .optional(
            "result", .choice(["pdf", "image", "any"]), "what the result must be; default: as its content type says"),
        .optional("pages", .string, "capture that holds the count of pages; default: counted in the PDF"),
    ])
}
