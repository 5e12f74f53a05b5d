extension ObjectShape {
    static let deploy = ObjectShape([
        .required("slots", .object(slots), "the two places that run a release"),
        .required("router", .object(router), "what moves traffic"),
        .optional("runner", .object(runner), "what starts and stops a slot; default process"),
        .optional("health", .object(health), "when a started candidate counts as healthy"),
        .optional("golden", .object(golden), "requests that both slots answer, whose results are compared"),
        .optional("bake", .object(bake), "how long and how strictly the promoted candidate is watched"),
        .optional("drain_deadline", .duration, "longest wait for requests of the old slot; default 30s"),
        .optional("stop_grace", .duration, "time between TERM and KILL when a slot stops; default 35s"),
        .optional("keep_warm", .boolean, "keep the replaced release running for an instant rollback; default true"),
    ])

    static let slots = ObjectShape([
        .required("blue", .object(slot), "slot blue"), .required("green", .object(slot), "slot green"),
    ])

    static let slot = ObjectShape([
        .optional("host", .string, "address the slot listens on; default 127.0.0.1"),
        .required("port", .integer(1...65535), "port the slot listens on"),
    ])

    static let router = ObjectShape(
        [.optional("haproxy", .object(haproxy), "HAProxy 2.4 or later")], exactlyOne: ["haproxy"])

    static let haproxy = ObjectShape([
        .required("socket", .path, "unix socket of the Runtime API, level admin"),
        .required("map", .path, "map file that holds the route"),
        .optional("key", .string, "prefix of the route's keys in the map; default: the service's name"),
        .required("url", .string, "URL of the frontend, as clients reach it"),
        .required("preview_token", .secret, "token that selects a slot's preview backend"),
    ])

    static let health = ObjectShape([
        .optional("path", .string, "path to GET on the slot itself; default /readyz"),
        .optional("interval", .interval, "pause between two looks; default 200ms"),
        .optional("passes", .integer(1...100), "good answers in a row; default 3"),
        .optional("deadline", .duration, "longest wait; default 60s"),
    ])

    static let bake = ObjectShape([
        .optional("duration", .duration, "how long; default 30s"),
        .optional("interval", .interval, "pause between two looks; default 500ms"),
        .optional(
            "minimum_requests", .integer(0...1_000_000),
            "requests the candidate must have answered, fewer is inconclusive; default 20"),
        .optional("maximum_error_ratio", .number(0...1), "errors per request above which it fails; default 0.01"),
        .optional("maximum_lost", .integer(0...1_000_000), "requests that may vanish without an answer; default 0"),
    ])
}
