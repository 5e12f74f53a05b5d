import OpsModel
import ProcessClient
import TestSupport
import Testing

@testable import Probes

@Suite struct TCPProbeTests {
    private func subject(
        _ port: Int?, closed: [Int] = [], banner: String? = nil, send: String? = nil
    ) -> TCPSubject {
        TCPSubject(
            TCPExpectation(host: "127.0.0.1", port: port, closedPorts: closed, banner: banner),
            message: send.map { Secret($0) })
    }

    @Test func anOpenPortIsJudgedByWhatItSays() async throws {
        try await withPythonServer { port in
            let ask = "GET /ok HTTP/1.0\r\n\r\n"
            #expect(await results(of: subject(port)).troubles == [])
            #expect(await results(of: subject(port, banner: "^HTTP/1.1 200", send: ask)).troubles == [])
            let other = await results(of: subject(port, banner: "^SSH-2.0", send: ask))
            #expect(other.troubles == ["banner fail"])
            #expect(other["banner"]?.observed == "HTTP/1.1 200 OK")
            let open = await results(of: subject(nil, closed: [port]))
            #expect(open["closed"]?.status == .fail)
            #expect(open.status("connect") == .skipped)
        }
    }

    @Test func aServerThatSaysNothingFailsItsBanner() async throws {
        let silent = try SilentListener()
        let seen = await results(of: subject(silent.port, banner: "^220"), timeout: .milliseconds(200))
        #expect(seen.troubles == ["banner fail"])
        #expect(seen["banner"]?.observed == "nothing in time")
    }

    @Test func aRefusalShowsAClosedPort() async throws {
        let ports = try freeLoopbackPorts(2)
        #expect(await results(of: subject(nil, closed: ports)).status("closed") == .pass)
        #expect(await results(of: subject(ports[0])).status("connect") == .fail)
    }

    /// Silence may be a firewall, and a name that does not resolve has no port at all.
    @Test(arguments: [
        LookFailure(reason: .timeout, phase: "connect", message: "no answer"),
        LookFailure(reason: .dns, phase: "resolve", message: "no such name"),
        LookFailure(reason: .unreachable, phase: "read", message: "closed"),
        LookFailure(reason: .internalError, phase: "connect", message: "too many open files"),
    ])
    func silenceAndMissingNamesShowNothing(_ failure: LookFailure) {
        let expectation = TCPExpectation(host: "h", port: nil, closedPorts: [1])
        let snapshot = TCPSnapshot(open: .notLooked, closed: [.init(port: 1, accepted: .failed(failure))])
        let closed = TCPSubject.results(of: snapshot, expectation, target: "t").first { $0.shortName == "closed" }
        #expect(closed?.status == .unknown)
    }

    @Test func anOpenPortOnOneAddressOfTwoIsOpen() async throws {
        try await withPythonServer { port in
            let subject = TCPSubject(TCPExpectation(host: "app.test", port: nil, closedPorts: [port]))
            let addresses = ["app.test": ["127.0.0.2", "127.0.0.1"]]
            #expect(await results(of: subject, addresses: addresses).status("closed") == .fail)
        }
    }
}
