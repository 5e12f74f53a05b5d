extension ObjectShape {
    static let deploy = ObjectShape([
        .required("slots", .object(slots), "the two places that run a release"),
        .required("router", .object(router), "what moves traffic"),
        .optional("runner", .object(runner), "what starts and stops a slot; default process"),
        .optional("health", .object(health), "when a started candidate counts as healthy"),
        .optional("bake", .object(bake), "how long and how strictly the promoted candidate is watched"),
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
        .optional("freeze", .list(.object(maintenanceWindow)), "times in which nothing is deployed"),
        .optional("capacity", .object(capacity), "what this machine must have free for a second release"),
        .optional(
            "router_deadline", .duration, "longest wait for a router before the candidate has traffic; default 30s"),
        .optional(
            "maximum_blindness", .duration,
            "longest time without an answer of the router while the candidate has traffic; default 30s"),
    ])

    static let canaryStep = ObjectShape([
        .required("percent", .number(0.01...99.99), "the candidate's share of new requests, in steps of 0.01"),
        .required("duration", .duration, "how long it is watched before the next step"),
        .optional("approval", .boolean, "whether somebody has to approve this share; default false"),
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
        .required("url", .string, "URL of the frontend, as clients reach it"),
        .required("preview_token", .secret, "token that selects a slot's preview backend"),
    ])

    static let runner = ObjectShape(
        [.optional("process", .object(processRunner), "processes on this machine")] + ObjectShape.Field.backendRunners,
        exactlyOne: ["process", "ecs", "kubernetes"])

    static let processRunner = ObjectShape([
        .required("folder", .path, "folder for releases, logs and process records")
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

    static let smokeStep = ObjectShape([
        .required("name", .string, "what the step shows"),
        .required("request", .object(smokeRequest), "the request to send"),
        .optional("expect", .object(smokeExpectation), "what the response must be; default status 200"),
        .optional("capture", .map(.string), "values for later steps: name and JSON pointer (RFC 6901)"),
        .optional("retry", .object(smokeRetry), "ask again until it holds"),
    ])

    static let smokeRequest = ObjectShape([
        .optional("method", .choice(["GET", "HEAD", "POST", "PUT", "DELETE"]), "default GET"),
        .required("path", .template([.capture]), "path and query; may hold ${capture:name}"),
        .optional("headers", .map(.template([.capture])), "headers to send"),
        .optional("body", .template([.capture]), "text to send"),
        .optional("file", .path, "file to send"),
    ])

    static let smokeExpectation = ObjectShape([
        .optional("status", .list(.integer(100...599)), "accepted statuses; default 200"),
        .optional("headers", .map(.string), "headers that must be there, with a part of their value"),
        .optional("json", .map(.string), "JSON pointer and the value that must stand there"),
        .optional("body_contains", .string, "text that the body must contain"),
        .optional("body_begins", .string, "text that the body must begin with"),
        .optional("smaller_than", .path, "file that must be larger than the body"),
        .optional("within", .duration, "longest time to the last byte; default 30s"),
    ])

    static let smokeRetry = ObjectShape([
        .required("deadline", .duration, "longest wait"),
        .optional("interval", .interval, "pause between two tries; default 100ms"),
    ])
}
