import HTTPClient
import OpsModel
import ProcessClient
import TestSupport
import Testing

@testable import Probes

@Suite struct SSEProbeTests {
    private func subject(
        _ port: Int, _ path: String, watch: Duration = .seconds(3), _ change: (inout SSEExpectation) -> Void = { _ in }
    ) -> SSESubject {
        let url = "http://127.0.0.1:\(port)/events/\(path)"
        var expectation = SSEExpectation(url: url, watch: watch)
        (expectation.ids, expectation.event) = (.increasing, "tick")
        change(&expectation)
        return SSESubject(url: Secret(url), expectation)
    }

    @Test func aGoodStreamPassesAlsoOneThatStaysOpen() async throws {
        try await withPythonServer { port in
            #expect(await results(of: subject(port, "good")).troubles == [])
            let open = await results(
                of: subject(port, "open", watch: .seconds(1)) { $0.data = .containing("\"n\": 2") })
            #expect(open.troubles == [])
        }
    }

    @Test(arguments: [
        (
            "plain",
            [
                "buffering blocked", "content_type fail", "event blocked", "first_event blocked", "heartbeat blocked",
                "ids blocked",
            ]
        ),
        ("falling", ["ids fail"]), ("twice", ["ids fail"]), ("none", ["ids fail"]), ("held", ["buffering fail"]),
    ])
    func aStreamThatIsWrongInOneWayFailsThere(_ path: String, _ troubles: [String]) async throws {
        try await withPythonServer { port in
            #expect(await results(of: subject(port, path)).troubles == troubles)
        }
    }

    @Test func aSilentStreamHasNoEventAndNoHeartbeat() async throws {
        try await withPythonServer { port in
            let seen = await results(of: subject(port, "silent", watch: .milliseconds(500)) { $0.heartbeat = 0.2 })
            #expect(seen.troubles == ["event fail", "first_event fail", "heartbeat fail", "ids unknown"])
        }
    }

    @Test func anAbsentStreamIsAStatusAndAClosedPortARefusal() async throws {
        try await withPythonServer { port in
            let url = "http://127.0.0.1:\(port)/status/404"
            let absent = await results(of: SSESubject(url: Secret(url), SSEExpectation(url: url)))
            #expect(absent["connect"]?.observed == "404")
        }
        let closed = try freeLoopbackPorts(1)[0]
        #expect(await results(of: subject(closed, "good"))["connect"]?.reason == .refused)
    }

    @Test func readinessOnlyLooksAtTheHead() async throws {
        try await withPythonServer { port in
            let start = ContinuousClock.now
            let seen = await results(of: subject(port, "open?pause=0.3"), profile: .readiness)
            #expect(seen.keys.sorted() == ["connect", "content_type"])
            #expect(seen.troubles == [])
            #expect(ContinuousClock.now - start < .seconds(2))
        }
    }

    @Test func theParserReadsEveryKindOfLineEndAndSplitBytes() {
        var parser = EventParser()
        let text = "\u{FEFF}: hello\r\nid: 7\rdata: a\ndata:b\n\nevent: x\n\ndata\n\n"
        var items: [EventParser.Item] = []
        for byte in text.utf8 { items += parser.take([byte]) }
        #expect(
            items == [
                .comment, .event(.init(id: "7", name: "message", data: "a\nb")), .event(.init(id: nil, data: "")),
            ])
    }
}
