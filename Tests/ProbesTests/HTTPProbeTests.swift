import Foundation
import HTTPClient
import OpsModel
import ProcessClient
import TestSupport
import Testing

@testable import Probes

@Suite struct HTTPProbeTests {
    private func target(_ url: String, authority: String? = nil) -> ProbeTarget {
        let expectation = HTTPExpectation(
            url: url, statuses: [200], headers: ["location": "https://login/"], bodyContains: "ready", within: nil,
            authorityFile: authority)
        return ProbeTarget(name: "web", subject: HTTPSubject(url: Secret(url), expectation), timeout: .seconds(2))
    }

    private func report(_ url: String, authority: String? = nil) async -> ProbeReport {
        await ProbeRun(environment: "test", targets: [target(url, authority: authority)]).once()
    }

    @Test func credentialsOfTheURLArePrintedNowhere() async throws {
        let url = "http://ann:hunter2@127.0.0.1:\(try freeLoopbackPorts(1)[0])/x?token=hunter3"
        let text = "\(String(decoding: try canonicalJSON(await report(url)), as: UTF8.self)) \(target(url).endpoint)"
        #expect(!text.contains("hunter"))
        #expect(text.contains("127.0.0.1"))
    }

    @Test func credentialsAreNeitherInTheFixesNorInWhatWasObserved() throws {
        guard let subject = target("https://ann:hunter2@h/x?token=hunter3").subject as? HTTPSubject else { return }
        let answer = HTTPAnswer(
            status: 500, headers: ["location": "https://ann:hunter2@h/?code=hunter3"], body: "no", byteCount: 2,
            sha256: "", remoteAddress: "10.0.0.1", version: "1.1",
            phases: .init(connect: 0, tls: 0, firstByte: 0, transfer: 0, total: 0))
        let checks = HTTPSubject.results(of: HTTPSnapshot(answer: .seen(answer)), subject.expectation, target: "web")
        #expect(checks.filter { $0.status == .fail }.count == 3)
        #expect(checks[1].fix == "curl -i https://h/x")
        #expect(!"\(checks)".contains("hunter"))
    }

    @Test(arguments: ["ftp://127.0.0.1/", "http://127.0.0.1:99999999/"])
    func aURLThatCannotBeAskedIsUnknown(_ url: String) async {
        let connect = await report(url).checks[0]
        #expect(connect.status == .unknown)
        #expect(connect.reason == .configuration)
    }

    @Test func aMissingAuthorityFileIsUnknown() async {
        let connect = await report("https://127.0.0.1:1/", authority: "/nowhere/ca.crt").checks[0]
        #expect(connect.status == .unknown)
        #expect(connect.reason == .configuration)
    }

    @Test func aHostThatDoesNotResolveIsTheOneCauseThatBlocksEveryCheckOfItsTarget() async {
        let report = await report("http://absent.invalid/")
        #expect(report.checks[0].check == "names.absent.invalid")
        #expect(report.checks[0].status != .pass)
        let rest = report.checks.dropFirst()
        #expect(rest.count == HTTPSubject.checks.count)
        for check in rest { #expect(check.blockedBy == "names.absent.invalid", "\(check)") }
    }
}
