import Foundation
import HAProxyClient
import HTTPClient
import LocalServices
import OpsModel
import ProcessClient
import TestSupport
import Testing

/// The bundled app, deployed by the built `opsctl` over a real HAProxy under constant load.
@Suite(.enabled(if: Requirement(all: [.haproxy, Requirement("wrk")]).isMet, "HAProxy or wrk is not installed"))
struct DeployUnderLoadTests {
    private func environment(_ proxy: HAProxyProcess, _ folder: String, _ sample: String) throws -> String {
        """
        version: 1
        protection: ephemeral
        app:
          artifact: \(try Program.folder)/appserver
          arguments: [serve]
          migrate: [migrate]
          environment:
            APP_ENVIRONMENT: {value: local}
            APP_LISTEN: {value: "127.0.0.1:${slot:port}"}
            APP_RELEASE: {value: "${release:name}"}
            APP_DATABASE_URL: {value: "sqlite://\(folder)/app.db"}
            APP_BUCKET_URL: {value: "file://\(folder)/bucket"}
            APP_SPOOL_DIR: {value: "\(folder)/spool-${slot:color}"}
            APP_SIGNING_KEY: {type: secret, value: "\(UUID().uuidString.replacing("-", with: ""))\(UUID().uuidString.replacing("-", with: ""))"}
            APP_MAX_UPLOAD_BYTES: {type: integer, value: "${env:MAX_UPLOAD}"}
        probes:
          - name: files
            bucket: {directory: "\(folder)/bucket"}
        deploy:
          slots: {blue: {port: \(proxy.options.bluePort)}, green: {port: \(proxy.options.greenPort)}}
          router:
            haproxy: {socket: "\(proxy.socket)", map: "\(proxy.map)", key: "\(proxy.options.app)", url: "\(proxy.address)",
                      preview_token: "\(proxy.options.previewToken.reveal())"}
          runner: {process: {folder: slots}}
          bake: {duration: 4s, interval: 100ms, minimum_requests: 100}
        smoke:
          - name: a PDF is accepted
            request: {method: POST, path: /api/v1/pdf/compress, file: "\(sample)", headers: {content-type: application/pdf}}
            expect: {status: [202]}
            capture: {job: /id}
          - name: it is compressed
            request: {path: "/api/v1/jobs/${capture:job}"}
            expect: {json: {/status: completed}}
            capture: {download: /links/download}
            retry: {deadline: 30s}
          - name: the result is smaller
            request: {path: "${capture:download}"}
            expect: {body_begins: "%PDF-", smaller_than: "\(sample)"}
        """
    }

    /// wrk until it is told to stop; its own counts tell what clients saw.
    private func underLoad(_ url: String, _ folder: String, _ body: () async throws -> Void) async throws -> (
        requests: Int, failures: [String]
    ) {
        let log = "\(folder)/wrk.log"
        let load = try DetachedProcess.start(
            executable: "wrk", arguments: ["-t1", "-c8", "-d300s", url], environment: nil, folder: folder, log: log)
        do { try await body() } catch {
            _ = try await load.stop(gracePeriod: .seconds(5), signal: SIGINT)
            throw error
        }
        _ = try await load.stop(gracePeriod: .seconds(5), signal: SIGINT)
        let text = try String(contentsOfFile: log, encoding: .utf8)
        let count = text.firstMatch(of: #/(\d+) requests in/#).flatMap { Int($0.1) }
        let failures = text.split(separator: "\n").filter { $0.contains("Socket errors") || $0.contains("Non-2xx") }
        return (try #require(count, "\(text)"), failures.map(String.init))
    }

    private struct Report: Decodable {
        struct Step: Decodable {
            let step: String
            let event: String
            let detail: String
        }
        let outcome: String
        let steps: [Step]
    }

    private func deploy(_ release: String, in folder: String, maxUpload: String = "1000000") async throws -> (
        status: Int32, report: Report
    ) {
        let result = try await Program.opsctl(
            "deploy", "run", "--release", release, "--format", "json", in: folder,
            environment: ["MAX_UPLOAD": maxUpload])
        return (result.status, try JSONDecoder().decode(Report.self, from: Data(result.output.utf8)))
    }

    @Test func noRequestFailsDuringADeployAFailedDeployAndARollbackAndTheBadReleaseSeesNone() async throws {
        let sample = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../environments/smoke/sample.pdf")
        try await withHAProxy { proxy async throws in
            try await withScratchDirectory { folder async throws in
                try FileManager.default.createDirectory(atPath: "\(folder)/bucket", withIntermediateDirectories: true)
                try await Program.withProject(try environment(proxy, folder, sample.standardizedFileURL.path)) {
                    project in
                    do { try await story(project, proxy) } catch {
                        try await stopSlots(project)
                        throw error
                    }
                    try await stopSlots(project)
                }
            }
        }
    }

    private func story(_ project: String, _ proxy: HAProxyProcess) async throws {
        // The very first release has no traffic yet and needs none to be promoted.
        let first = try await underFirstLoad(project, proxy)
        #expect(first.report.outcome == "promoted", "\(first.report)")
        let load = try await underLoad("\(proxy.address)/metrics", project) {
            let second = try await deploy("two", in: project)
            #expect(second.status == 0, "\(second.report)")
            let bad = try await deploy("bad", in: project, maxUpload: "100000")
            #expect(bad.status == 1)
            #expect(bad.report.outcome == "rejected")
            #expect(bad.report.steps.first { $0.step == "smoke" }?.event == "judged_fail")
            // The bad one took the place of the warm first release: a third one gives the rollback somewhere to go.
            let third = try await deploy("three", in: project)
            #expect(third.status == 0, "\(third.report)")
            let back = try await Program.opsctl(
                "deploy", "rollback", in: project, environment: ["MAX_UPLOAD": "1000000"])
            #expect(back.status == 0, "\(back.errors)")
            // However slow the machine is, the claim stands on as many requests.
            try await eventually("enough requests were answered", within: .seconds(180)) {
                try await answered(proxy) >= Self.enough + 200
            }
        }
        #expect(load.failures == [])
        #expect(load.requests >= Self.enough)
        try judgeLogs(project)
        let health = try await HTTPClient().send(HTTPRequest("GET", "\(proxy.address)/healthz"))
        #expect(health.header("x-release") == "two")
        let history = try await Program.opsctl("deploy", "history", in: project, environment: ["MAX_UPLOAD": "1000000"])
        #expect(history.output.contains("ledger intact"))
    }

    private static let enough = 20_000

    /// Requests that HAProxy's frontend has seen.
    private func answered(_ proxy: HAProxyProcess) async throws -> Int {
        let table = try HAProxyTable(csv: try await HAProxyClient(socket: proxy.socket).ask("show stat"))
        return table.rows.first { $0["svname"] == "FRONTEND" }?["req_tot"].flatMap { Int($0) } ?? 0
    }

    private func underFirstLoad(_ project: String, _ proxy: HAProxyProcess) async throws -> (
        status: Int32, report: Report
    ) {
        let file = "\(project)/environments/test.yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try text.replacing("minimum_requests: 100", with: "minimum_requests: 0").write(
            toFile: file, atomically: true, encoding: .utf8)
        let result = try await deploy("one", in: project)
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return result
    }

    /// The load asks for /metrics and nothing else does: its lines tell who got traffic.
    private func judgeLogs(_ project: String) throws {
        var seen: [String: Int] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: "\(project)/slots") where name.hasSuffix(".log")
        {
            var release = "nobody"
            for line in try String(contentsOfFile: "\(project)/slots/\(name)", encoding: .utf8).split(separator: "\n") {
                if line.contains("\"message\":\"started\""), let found = line.firstMatch(of: #/"release":"([^"]+)"/#) {
                    release = String(found.1)
                }
                if line.contains("\"path\":\"/metrics\"") { seen[release, default: 0] += 1 }
            }
        }
        #expect(seen["nobody"] == nil, "\(seen)")
        #expect(seen["two", default: 0] > 1000, "\(seen)")
        #expect(seen["three", default: 0] > 100, "\(seen)")
        #expect(seen["bad"] == nil, "\(seen)")
    }

    private func stopSlots(_ project: String) async throws {
        for slot in Slot.allCases {
            guard let data = FileManager.default.contents(atPath: "\(project)/slots/\(slot.rawValue).json") else {
                continue
            }
            struct Record: Decodable { let process: ProcessIdentity }
            _ = try await JSONDecoder().decode(Record.self, from: data).process.stop(gracePeriod: .seconds(10))
        }
    }
}
