import OpsModel

extension HTTPSubject {
    package static let checks: [CheckDefinition] = answerChecks + timeChecks + securityChecks + deepChecks

    private static let answerChecks: [CheckDefinition] = [
        CheckDefinition("connect", "Does a server answer?", why: "nothing else works without it"),
        CheckDefinition("status", "Is the status one of the expected ones?", why: "users would see an error"),
        CheckDefinition("headers", "Are the expected headers there?", why: "caches and browsers act on them"),
        CheckDefinition("body", "Is the body the expected one?", why: "an error page can have status 200"),
        CheckDefinition(
            "json", "Do the expected values stand in the JSON?", why: "a degraded service often says so only there"),
        CheckDefinition(
            "redirects", "Do redirects lead to the expected place, without a loop?",
            why: "a loop or a login page at the end is an outage with status 302"),
        CheckDefinition("http_version", "Is the expected HTTP version spoken?", why: "multiplexing depends on it"),
        CheckDefinition(
            "health", "Does the service say that it is healthy?", why: "it knows its own dependencies best"),
    ]

    private static let timeChecks: [CheckDefinition] = [
        CheckDefinition(
            "latency", "Does the whole answer come in time?", why: "slow is down for users",
            limits: .atMost(warn: 3, "s")),
        CheckDefinition(
            "connect_time", "Is the connection made in time?", why: "a full backlog shows here first", in: .review,
            limits: .atMost(warn: 1, "s")),
        CheckDefinition(
            "tls_time", "Is the handshake done in time?", why: "a server short of CPU shows here first", in: .review,
            limits: .atMost(warn: 1, "s")),
        CheckDefinition(
            "first_byte_time", "Does the service begin to answer in time?", why: "this is the service's own time",
            in: .review, limits: .atMost(warn: 2, "s")),
        CheckDefinition(
            "transfer_time", "Does the body come in time?", why: "a thin link or a slow stream shows here", in: .review,
            limits: .atMost(warn: 2, "s")),
    ]

    private static let securityChecks: [CheckDefinition] = [
        CheckDefinition(
            "certificate_expiry", "Is every certificate of the chain valid for long enough?",
            why: "on the day it expires every client is cut off", in: .review,
            limits: .atLeast(warn: 21, fail: 3, "d")),
        CheckDefinition(
            "tls_version", "Is TLS 1.2 or later spoken?", why: "older versions are broken (RFC 8996)", in: .review,
            isPosture: true),
        CheckDefinition(
            "plaintext_redirect", "Does plain HTTP redirect to HTTPS, or refuse?",
            why: "what is served without TLS can be read and changed on the way", in: .review, isPosture: true),
        CheckDefinition(
            "hsts", "Do browsers learn to ask for HTTPS only?", why: "the first request of a user can be hijacked",
            in: .review, isPosture: true, limits: .atLeast(warn: 180, fail: 1, "d")),
    ]

    private static let deepChecks: [CheckDefinition] = [
        CheckDefinition(
            "addresses", "Does every address of the name answer?",
            why: "one dead address of three fails every third user", in: .review),
        CheckDefinition(
            "steps", "Does the sequence of requests go through, and clean up after itself?",
            why: "each endpoint can be up while the journey is broken", in: .writing),
    ]
}
