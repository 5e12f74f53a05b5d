import Foundation
import LocalServices
import OpsModel
import PostgresClient
import Probes
import ProcessClient
import Synchronization
import TestSupport
import Testing

@Suite struct ProbeWaitTests {
    private func run(_ url: String) -> ProbeRun {
        let expectation = HTTPExpectation(
            url: url, statuses: [200], headers: [:], bodyContains: nil, within: nil, authorityFile: nil)
        return ProbeRun(
            environment: "test",
            targets: [
                ProbeTarget(name: "web", subject: HTTPSubject(url: Secret(url), expectation), timeout: .seconds(2))
            ])
    }

    @Test func waitingEndsWhenAServiceComesUpAndHasPassedTwice() async throws {
        try await withScratchDirectory { folder in
            let port = try freeLoopbackPorts(1)[0]
            let run = run("http://127.0.0.1:\(port)/")
            let failures = Mutex(0)
            let server = Mutex<ProcessIdentity?>(nil)
            let (report, isOver) = try await run.wait(deadline: .seconds(30), passes: 2) { report in
                guard report.verdict == .fail else { return }
                let isFirst = failures.withLock { count -> Bool in
                    count += 1
                    return count == 1
                }
                // The service starts only after the wait has seen it down.
                if isFirst { server.withLock { $0 = startServer(port, folder) } }
            }
            _ = try await server.withLock { $0 }?.stop(gracePeriod: .seconds(2))
            #expect(report.verdict == .pass)
            #expect(!isOver)
            #expect(failures.withLock { $0 } >= 1)
            #expect(report.attempts >= 3)
        }
    }

    private func startServer(_ port: Int, _ folder: String) -> ProcessIdentity? {
        do {
            return try DetachedProcess.start(
                executable: "python3", arguments: ["-m", "http.server", "\(port)", "--bind", "127.0.0.1"],
                environment: nil, folder: folder,
                log: "\(folder)/log")
        } catch {
            Issue.record(error)
            return nil
        }
    }

    @Test func theDeadlineEndsAWaitForAServiceThatStaysDown() async throws {
        let port = try freeLoopbackPorts(1)[0]
        let (report, isOver) = try await run("http://127.0.0.1:\(port)/").wait(deadline: .milliseconds(300), passes: 1)
        { _ in }
        #expect(isOver)
        #expect(report.verdict == .fail)
        #expect(report.checks.first?.reason == .refused)
    }

    @Test(.enabled(if: Requirement.postgres.isMet, "PostgreSQL is not installed"))
    func aWrongPasswordEndsTheWaitAtOnce() async throws {
        try await withPostgres { database in
            var url = try PostgresURL(database.url(.probe))
            url.password = Secret("wrong")
            let expectation = PostgresExpectation(
                url: url, role: .primary, protection: .verified, refusesPlaintext: false, writesCanary: false)
            let run = ProbeRun(
                environment: "test",
                targets: [ProbeTarget(name: "db", subject: PostgresSubject(expectation), timeout: .seconds(10))])
            let (report, isOver) = try await run.wait(deadline: .seconds(600), passes: 1) { _ in }
            #expect(!isOver)
            #expect(report.attempts == 1)
        }
    }
}
