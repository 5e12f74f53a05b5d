import Cryptography
import Foundation
import HTTPClient
import OpsModel
import ProcessClient
import Synchronization
import TestSupport
import Testing

@testable import Deploy

@Suite struct DeployNotifierTests {
    private static let key = Secret("a signing key of more than thirty-two bytes")

    /// A receiver in another language, which verifies signatures as a user would and notes what it took.
    private static let program = #"""
        import hashlib, hmac, http.server, json, sys, time
        port, folder, key, mode = int(sys.argv[1]), sys.argv[2], sys.argv[3].encode(), sys.argv[4]
        count = 0
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                global count
                count += 1
                body = self.rfile.read(int(self.headers["content-length"]))
                parts = dict(p.split("=", 1) for p in self.headers["x-opsctl-signature"].split(","))
                wanted = hmac.new(key, parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
                good = hmac.compare_digest(wanted, parts["v1"]) and abs(time.time() - int(parts["t"])) < 300
                status = 401 if not good else 503 if mode == "flaky" and count < 3 else 410 if mode == "gone" else 204
                with open(folder + "/notices", "a") as log:
                    log.write(json.dumps({"status": status, "body": json.loads(body)}) + "\n")
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()
            def log_message(self, *a): pass
        http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
        """#

    private struct Taken: Decodable, Equatable {
        struct Body: Decodable, Equatable {
            let id: String
            let event: String
        }
        let status: Int
        let body: Body
    }

    private func receiver(
        mode: String = "good", key: String = Self.key.reveal(),
        _ body: (_ url: String, _ taken: () throws -> [Taken]) async throws -> Void
    ) async throws {
        try await withScratchDirectory { folder async throws in
            try Self.program.write(toFile: "\(folder)/receiver.py", atomically: true, encoding: .utf8)
            let port = try freeLoopbackPorts(1)[0]
            try await withProgram(
                "python3", ["\(folder)/receiver.py", "\(port)", folder, key, mode], name: "receiver", in: folder,
                port: port
            ) {
                try await body("http://127.0.0.1:\(port)/hooks/T0KEN") {
                    try String(contentsOfFile: "\(folder)/notices", encoding: .utf8).split(separator: "\n").map {
                        try JSONDecoder().decode(Taken.self, from: Data($0.utf8))
                    }
                }
            }
        }
    }

    private func notice(_ event: DeployNotice.Event, id: String = "n1") -> DeployNotice {
        DeployNotice(
            id: id, event: event, service: "demo", environment: "test", deploy: "d1", release: "7", slot: .green,
            detail: "something happened", time: Date(timeIntervalSince1970: 1_700_000_000))
    }

    @Test func aReceiverVerifiesTheSignatureAndGetsTheNoticesInOrder() async throws {
        try await receiver { url, taken async throws in
            let failures = try await deliver(
                [notice(.start, id: "a"), notice(.gate, id: "b"), notice(.commit, id: "c")],
                Webhook(url: Secret(url), key: Self.key))
            #expect(failures == [])
            #expect(try taken().map { "\($0.body.event) \($0.status)" } == ["start 204", "gate 204", "commit 204"])
        }
    }

    @Test func anotherKeyIsRefusedOnceAndReported() async throws {
        try await receiver(key: "another key") { url, taken async throws in
            let failures = try await deliver([notice(.start)], Webhook(url: Secret(url), key: Self.key))
            #expect(failures.map(\.why) == ["status 401"])
            #expect(failures.map(\.tries) == [1])
            #expect(try taken().count == 1)
        }
    }

    @Test func aReceiverThatIsDownForAMomentGetsTheSameNoticeAgain() async throws {
        try await receiver(mode: "flaky") { url, taken async throws in
            let failures = try await deliver([notice(.rollback, id: "r")], Webhook(url: Secret(url), key: Self.key))
            #expect(failures == [])
            #expect(try taken().map(\.status) == [503, 503, 204])
            #expect(Set(try taken().map(\.body.id)) == ["r"])
        }
    }

    @Test func onlyAskedForEventsAreSent() async throws {
        try await receiver { url, taken async throws in
            let webhook = Webhook(url: Secret(url), key: Self.key, events: [.blocked])
            _ = try await deliver([notice(.start), notice(.blocked), notice(.commit)], webhook)
            #expect(try taken().map(\.body.event) == ["blocked"])
        }
    }

    @Test func aReceiverThatNeverAnswersHoldsNothingUpBeyondItsDeadline() async throws {
        let listener = try SilentListener()
        let port = listener.port
        let url = "http://127.0.0.1:\(port)/hooks/T0KEN"
        let webhook = Webhook(url: Secret(url), key: Self.key, deadline: .milliseconds(400))
        let start = ContinuousClock.now
        let bodyTime = Mutex(Duration.zero)
        let failures = Mutex<[UndeliveredNotice]>([])
        let notifier = DeployNotifier([webhook], http: HTTPClient())
        try await withDeployNotifier(notifier, report: { found in failures.withLock { $0 = found } }) {
            for number in 1...5 { notifier.post(notice(.gate, id: "\(number)")) }
            bodyTime.withLock { $0 = ContinuousClock.now - start }
        }
        #expect(bodyTime.withLock { $0 } < .milliseconds(300))
        #expect(ContinuousClock.now - start < .seconds(2))
        #expect(failures.withLock { $0.count } == 5)
        #expect(failures.withLock { $0.allSatisfy { !"\($0)".contains("T0KEN") } })
        #expect(failures.withLock { $0.first?.receiver } == "127.0.0.1:\(port)")
        withExtendedLifetime(listener) {}
    }

    @Test func aCancelledRolloutStillTellsThatItGoesBack() async throws {
        try await receiver { url, taken async throws in
            let notifier = DeployNotifier([Webhook(url: Secret(url), key: Self.key)], http: HTTPClient())
            let work = Task {
                try await withDeployNotifier(notifier, report: { _ in }) {
                    do { try await Task.sleep(for: .seconds(60)) } catch {
                        notifier.post(notice(.rollback))
                        throw error
                    }
                }
            }
            work.cancel()
            await #expect(throws: CancellationError.self) { try await work.value }
            #expect(try taken().map(\.body.event) == ["rollback"])
        }
    }

    @Test func anErrorOfTheRolloutComesThrough() async throws {
        struct Broken: Error {}
        await #expect(throws: Broken.self) {
            try await withDeployNotifier(DeployNotifier([], http: HTTPClient()), report: { _ in }) { throw Broken() }
        }
    }

    /// The expected value was computed with Python's hmac.
    @Test func theSignatureIsThatOfTheDocument() {
        let value = NoticeSignature.value(key: Secret("key"), time: 1_700_000_000, body: Array("{}".utf8))
        #expect(value == "t=1700000000,v1=9d713ed406bb7076d4123f0dc2c39d2df5c654ed4b0cd56b52c8b4c940bd63ae")
    }

    /// Posts the notices and returns what did not arrive.
    private func deliver(_ notices: [DeployNotice], _ webhook: Webhook) async throws -> [UndeliveredNotice] {
        let failures = Mutex<[UndeliveredNotice]>([])
        let notifier = DeployNotifier([webhook], http: HTTPClient())
        try await withDeployNotifier(notifier, report: { found in failures.withLock { $0 = found } }) {
            for notice in notices { notifier.post(notice) }
        }
        return failures.withLock { $0 }
    }
}
