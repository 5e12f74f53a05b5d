import Foundation
import HTTPClient
import OpsModel
import SocketClient

extension HTTPSubject {
    package static var selfTest: SelfTest<HTTPSubject> {
        SelfTest(expectation: wanted, healthy: healthy, flaws: answerFlaws + timeFlaws + securityFlaws + deepFlaws)
    }

    private static var wanted: HTTPExpectation {
        var answer = HTTPAnswerExpectation()
        answer.headers = ["cache-control": .containing("no-store")]
        answer.json = ["/status": .equal(to: .string("pass"))]
        var body = HTTPBodyExpectation()
        body.contains = ["pass"]
        answer.body = body
        var expectation = HTTPExpectation(url: "https://app.example/health", answer: answer)
        (expectation.follows, expectation.location) = (2, .containing("/health"))
        (expectation.version, expectation.plaintextPort, expectation.wantsHSTS) = (.http11, 80, true)
        expectation.steps = [HTTPStepExpectation(name: "create", answer: HTTPAnswerExpectation())]
        expectation.cleanup = [HTTPStepExpectation(name: "remove", answer: HTTPAnswerExpectation())]
        return expectation
    }

    private static var healthy: HTTPSnapshot {
        let body = #"{"status":"pass","checks":{"db":[{"status":"pass"}]}}"#
        let answer = HTTPAnswer(
            status: 200,
            headers: [
                "cache-control": "no-store", "content-type": "application/health+json",
                "strict-transport-security": "max-age=31536000",
            ], body: body, byteCount: body.utf8.count, sha256: "00", remoteAddress: "192.0.2.1", version: "1.1",
            phases: .init(connect: 0.001, tls: 0.01, firstByte: 0.01, transfer: 0.001, total: 0.02),
            hops: [.init(status: 301, location: "https://app.example/health")])
        func step(_ name: String, isCleanup: Bool) -> HTTPSnapshot.StepSight {
            .init(name: name, isCleanup: isCleanup, status: 200, fault: nil, reason: nil, elapsedMilliseconds: 1)
        }
        return HTTPSnapshot(
            answer: .seen(answer), handshake: .seen(.healthy(names: ["app.example"])),
            plaintext: .seen(.init(status: 301, location: "https://app.example/")),
            addresses: ["192.0.2.1", "192.0.2.2"].map { .init(address: $0, status: .seen(200)) },
            steps: .seen([step("create", isCleanup: false), step("remove", isCleanup: true)]))
    }

    private typealias Flaw = SelfTest<HTTPSubject>.Flaw

    /// A flaw of the answer.
    private static func flaw(
        _ check: String, _ what: String, gives status: CheckStatus = .fail,
        _ alter: @escaping @Sendable (inout HTTPAnswer) -> Void
    ) -> Flaw {
        Flaw(check, what, gives: status) { snapshot, _ in snapshot.answer.alter(alter) }
    }

    private static var answerFlaws: [Flaw] {
        [
            Flaw("connect", "a closed port") { snapshot, _ in
                snapshot.answer = .failed(LookFailure(reason: .refused, phase: "connect", message: "refused"))
            },
            Flaw("connect", "an expired certificate") { snapshot, _ in
                snapshot.answer = .failed(LookFailure(reason: .certificate, phase: "tls", message: "refused"))
                snapshot.handshake.alter { $0.expire() }
            },
            Flaw("connect", "no answer in time", gives: .unknown) { snapshot, _ in
                snapshot.answer = .failed(LookFailure(reason: .timeout, phase: "first_byte", message: "no answer"))
            },
            flaw("status", "status 503") { $0.status = 503 },
            flaw("headers", "a missing header") { $0.headers["cache-control"] = nil },
            flaw("body", "another body") { $0.body = "{}" },
            flaw("body", "a body longer than what is kept", gives: .unknown) { $0.byteCount = 1 << 30 },
            flaw("json", "another value") { $0.body = #"{"status":"down","was":"pass"}"# },
            flaw("json", "a body that is no JSON") { $0.body = "pass" },
            flaw("redirects", "a loop") { $0.hasMoreHops = true },
            flaw("redirects", "another place") { $0.hops[0].location = "https://app.example/login" },
            flaw("http_version", "HTTP/1.0") { $0.version = "1.0" },
            flaw("health", "a service that is down") { $0.body = #"{"status":"fail"}"# },
            flaw("health", "a component that is down", gives: .warn) {
                $0.body = #"{"status":"pass","checks":{"db":[{"status":"fail"}]}}"#
            },
            flaw("health", "a status of its own", gives: .unknown) { $0.body = #"{"status":"superb"}"# },
        ]
    }

    private static var timeFlaws: [Flaw] {
        [
            flaw("latency", "9 s in all", gives: .warn) { $0.phases.total = 9 },
            flaw("connect_time", "3 s to connect", gives: .warn) { $0.phases.connect = 3 },
            flaw("tls_time", "3 s of handshake", gives: .warn) { $0.phases.tls = 3 },
            flaw("first_byte_time", "3 s to the first byte", gives: .warn) { $0.phases.firstByte = 3 },
            flaw("transfer_time", "3 s of transfer", gives: .warn) { $0.phases.transfer = 3 },
        ]
    }

    private static var securityFlaws: [Flaw] {
        [
            Flaw("certificate_expiry", "an expired certificate") { snapshot, _ in
                snapshot.handshake.alter { $0.expire() }
            },
            Flaw("certificate_expiry", "an intermediate with 10 days", gives: .warn) { snapshot, _ in
                snapshot.handshake.alter { $0.facts.chain[1].notAfter = $0.takenAt + 10 * 86_400 }
            },
            Flaw("tls_version", "TLS 1.1") { snapshot, _ in snapshot.handshake.alter { $0.facts.version = "TLSv1.1" } },
            Flaw("plaintext_redirect", "content without TLS") { snapshot, _ in
                snapshot.plaintext = .seen(.init(status: 200, location: nil))
            },
            Flaw("plaintext_redirect", "a redirect that stays without TLS") { snapshot, _ in
                snapshot.plaintext = .seen(.init(status: 301, location: "http://app.example/"))
            },
            Flaw("plaintext_redirect", "silence", gives: .unknown) { snapshot, _ in
                snapshot.plaintext = .failed(LookFailure(reason: .timeout, phase: "connect", message: "no answer"))
            },
            flaw("hsts", "no header") { $0.headers["strict-transport-security"] = nil },
            flaw("hsts", "max-age=0") { $0.headers["strict-transport-security"] = "max-age=0" },
        ]
    }

    private static var deepFlaws: [Flaw] {
        [
            Flaw("addresses", "one dead address of two") { snapshot, _ in
                snapshot.addresses[1].status = .failed(
                    LookFailure(reason: .refused, phase: "connect", message: "refused"))
            },
            Flaw("addresses", "one silent address of two", gives: .unknown) { snapshot, _ in
                snapshot.addresses[1].status = .failed(
                    LookFailure(reason: .timeout, phase: "connect", message: "no answer"))
            },
            Flaw("steps", "a step that fails") { snapshot, _ in
                snapshot.steps.alter { ($0[0].fault, $0[0].reason) = ("status 500, expected 200", .status) }
            },
            Flaw("steps", "a cleanup that fails", gives: .warn) { snapshot, _ in
                snapshot.steps.alter { ($0[1].fault, $0[1].reason) = ("status 500, expected 200", .status) }
            },
        ]
    }
}
