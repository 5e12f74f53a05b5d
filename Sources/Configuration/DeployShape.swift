extension ObjectShape {
    static let deploy = ObjectShape([
        .required("slots", .object(slots), "the two places that run a release"),
        .required("router", .object(router), "what moves traffic"),
        .optional("runner", .object(runner), "what starts and stops a slot; default process"),
        .optional("health", .object(health), "when a started candidate counts as healthy"),
        .optional("golden", .object(golden), "requests that both slots answer, whose results are compared"),
        .optional("bake", .object(bake), "how long and how strictly the promoted candidate is watched"),
        .optional("analysis", .object(analysis), "by what the candidate is judged while it has traffic"),
        .optional("drain_deadline", .duration, "longest wait for requests of the old slot; default 30s"),
        .optional("stop_grace", .duration, "time between TERM and KILL when a slot stops; default 35s"),
        .optional("keep_warm", .boolean, "keep the replaced release running for an instant rollback; default true"),
        .optional("canary", .list(.object(canaryStep)), "shares of the traffic before all of it; default: none"),
        .optional("approval", .object(approval), "what somebody has to approve"),
        .optional(
            "inconclusive", .choice(["rollback", "ask"]),
            "what an inconclusive verdict does while the candidate has traffic; default rollback"),
        .optional("watchdog", .object(watchdog), "what goes back when the deployer dies"),
        .optional("warm_up", .object(warmUp), "requests to both slots before the candidate gets traffic"),
        .optional("freeze", .list(.object(freeze)), "times in which nothing is deployed"),
        .optional("capacity", .object(capacity), "what this machine must have free for a second release"),
        .optional(
            "router_deadline", .duration, "longest wait for a router before the candidate has traffic; default 30s"),
        .optional(
            "maximum_blindness", .duration,
            "longest time without an answer of the router while the candidate has traffic; default 30s"),
    ])

    static let freeze = ObjectShape([
        .required("from", .string, "when it begins, for example 2026-12-20T00:00:00Z"),
        .required("until", .string, "when it ends"),
        .required("why", .string, "reason, shown to whoever is refused"),
    ])

    static let canaryStep = ObjectShape([
        .required("percent", .number(0.01...99.99), "the candidate's share of new requests, in steps of 0.01"),
        .required("duration", .duration, "how long it is watched before the next step"),
        .optional("limit", .duration, "when lacking evidence is inconclusive; default: ten times the duration"),
        .optional("approval", .boolean, "whether somebody has to approve this share; default false"),
    ])

    static let analysis = ObjectShape([
        .optional("alpha", .number(0.000_001...0.2), "probability of taking back an equal release; default 0.01"),
        .optional(
            "tolerated_ratio", .number(1...100),
            "times as often as the baseline that the candidate may fail; default 1.5"),
        .optional(
            "minimum_difference", .number(0...1),
            "difference of the errors per request that nothing is taken back for; default 0.002"),
        .optional(
            "margin", .number(0.0001...0.5), "a promoted candidate is shown to be worse by at most this; default 0.01"),
        .optional("confidence", .number(0.5...0.9999), "of that showing; default 0.95"),
        .optional("warm_up", .duration, "first time of every share that is not judged; default 0s"),
        .optional("maximum_restarts", .integer(0...1000), "restarts of the candidate that are borne; default 0"),
        .optional("promotes_early", .boolean, "end a share as soon as the margin is shown; default false"),
        .optional("latency", .boolean, "judge latency where the router's log is read; default true"),
        .optional(
            "latency_sample", .integer(50...1_000_000), "answers of the baseline that fix what is slow; default 1000"),
        .optional(
            "latency_warm_up", .duration, "first time of every share in which latency is not judged; default 5s"),
        .optional("prometheus", .object(prometheus), "where requests are counted, for a router that does not"),
    ])

    static let prometheus = ObjectShape([
        .required("url", .string, "URL of the server, without /api/v1"),
        .required(
            "requests", .template([.slot]), "PromQL that counts the requests of ${slot:color}; its answer is one number"
        ),
        .required(
            "errors", .template([.slot]), "PromQL that counts the errors of ${slot:color}; its answer is one number"),
    ])

    static let approval = ObjectShape([
        .optional("cutover", .boolean, "whether somebody has to approve the cutover; default false"),
        .optional("expires", .duration, "how long an approval is waited for, then it counts as rejected; default 1h"),
    ])

    static let watchdog = ObjectShape([
        .optional("timeout", .duration, "time after the deployer's last sign of life; default 60s")
    ])

    static let warmUp = ObjectShape([
        .required("paths", .list(.string), "paths to GET on both slots"),
        .optional("rounds", .integer(1...1000), "how often; default 1"),
    ])

    static let capacity = ObjectShape([
        .optional("memory_mib", .integer(1...10_000_000), "memory that must be available, in MiB"),
        .optional("disk_mib", .integer(1...100_000_000), "disk that must be free beside the releases, in MiB"),
    ])

    static let slots = ObjectShape([
        .required("blue", .object(slot), "slot blue"), .required("green", .object(slot), "slot green"),
    ])

    static let slot = ObjectShape([
        .optional("host", .string, "address the slot listens on; default 127.0.0.1"),
        .required("port", .integer(1...65535), "port the slot listens on"),
    ])

    static let router = ObjectShape(
        [.optional("haproxy", .object(haproxy), "HAProxy 2.4 or later")] + ObjectShape.Field.backendRouters,
        exactlyOne: ["haproxy", "elbv2", "kubernetes"])

    static let haproxy = ObjectShape([
        .required("socket", .path, "unix socket of the Runtime API, level admin"),
        .required("map", .path, "map file that holds the route"),
        .optional("key", .string, "prefix of the route's keys in the map; default: the service's name"),
        .optional(
            "others", .list(.object(otherHAProxy)), "further HAProxy before the same slots, moved together with it"),
        .required("url", .string, "URL of the frontend, as clients reach it"),
        .required("preview_token", .secret, "token that selects a slot's preview backend"),
        .optional(
            "latency_log", .path, "unix datagram socket that HAProxy logs every request to; see docs/analysis.md"),
    ])

    static let otherHAProxy = ObjectShape([
        .required("socket", .path, "unix socket of its Runtime API"),
        .required("map", .path, "map file that holds its route"),
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
            "requests the candidate must have answered, fewer is inconclusive; default: those that show the margin, 299"
        ),
        .optional(
            "maximum_error_ratio", .number(0.0001...0.5),
            "errors per request that are allowed with most of the traffic; default 0.01"),
        .optional("maximum_lost", .integer(0...1_000_000), "requests that may vanish without an answer; default 0"),
        .optional("limit", .duration, "when lacking evidence is inconclusive; default: ten times the duration"),
    ])
}
