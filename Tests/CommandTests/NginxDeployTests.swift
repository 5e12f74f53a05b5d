import Foundation
import HTTPClient
import OpsModel
import ProcessClient
import TestSupport
import Testing

/// `examples/nginx`, with its own files: a third-party server as the release, deployed by the built opsctl under load.
@Suite(
    .enabled(
        if: Requirement(all: [.haproxy, Requirement("nginx", "wrk")]).isMet, "nginx, HAProxy or wrk is not installed"))
struct NginxDeployTests {
    private struct Report: Decodable {
        struct Step: Decodable {
            let step: String
            let event: String
            let detail: String
        }
        let outcome: String
        let steps: [Step]
    }

    /// The example on ports of its own, with its HAProxy running.
    private func withExample(_ body: (_ project: String, _ url: String) async throws -> Void) async throws {
        try await withScratchDirectory { folder async throws in
            let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../examples/nginx")
            let project = "\(folder)/nginx"
            try FileManager.default.copyItem(atPath: source.standardizedFileURL.path, toPath: project)
            let ports = try freeLoopbackPorts(3)
            for file in ["haproxy.cfg", "environments/local.yaml"] {
                var text = try String(contentsOfFile: "\(project)/\(file)", encoding: .utf8)
                for (number, port) in zip([18080, 18081, 18082], ports) {
                    text = text.replacing(String(number), with: String(port))
                }
                try text.write(toFile: "\(project)/\(file)", atomically: true, encoding: .utf8)
            }
            try FileManager.default.createDirectory(atPath: "\(project)/run", withIntermediateDirectories: true)
            try "hello.color blue\n".write(toFile: "\(project)/run/route.map", atomically: true, encoding: .utf8)
            try await withProgram(
                "/usr/bin/env", ["RUN=\(project)/run", "haproxy", "-db", "-f", "\(project)/haproxy.cfg"],
                name: "haproxy", in: folder, port: ports[0]
            ) {
                let result: Result<Void, any Error>
                do { result = .success(try await body(project, "http://127.0.0.1:\(ports[0])")) } catch {
                    result = .failure(error)
                }
                try await stopSlots(project)
                try result.get()
            }
        }
    }

    private func stopSlots(_ project: String) async throws {
        struct Record: Decodable { let process: ProcessIdentity }
        for slot in Slot.allCases {
            let path = "\(project)/run/slots/\(slot.rawValue).json"
            guard let text = FileManager.default.contents(atPath: path) else { continue }
            _ = try await JSONDecoder().decode(Record.self, from: text).process.stop(gracePeriod: .seconds(2))
        }
    }

    private func deploy(_ release: String, in project: String) async throws -> (status: Int32, report: Report) {
        let result = try await Program.opsctl(
            "deploy", "run", "--release", release, "--format", "json", in: project, environment: ["TMPDIR": project])
        return (result.status, try JSONDecoder().decode(Report.self, from: Data(result.output.utf8)))
    }

    @Test func nginxIsDeployedRefusedAndRolledBackWithoutALostRequest() async throws {
        try await withExample { project, url async throws in
            let first = try await deploy("one", in: project)
            #expect(first.report.outcome == "promoted", "\(first.report)")
            let load = try DetachedProcess.start(
                executable: "wrk", arguments: ["-t1", "-c4", "-d300s", url], environment: nil, folder: project,
                log: "\(project)/wrk.log")
            let result: Result<Void, any Error>
            do { result = .success(try await story(project, url)) } catch { result = .failure(error) }
            _ = try await load.stop(gracePeriod: .seconds(5), signal: SIGINT)
            try result.get()
            let seen = try String(contentsOfFile: "\(project)/wrk.log", encoding: .utf8)
            #expect(!seen.contains("Non-2xx"), "\(seen)")
            #expect(!seen.contains("Socket errors"), "\(seen)")
            let count = try #require(seen.firstMatch(of: #/(\d+) requests in/#).flatMap { Int($0.1) })
            #expect(count > 1000)
        }
    }

    private func story(_ project: String, _ url: String) async throws {
        let second = try await deploy("two", in: project)
        #expect(second.report.outcome == "promoted", "\(second.report)")
        // A release whose page is not what the smoke suite wants to read.
        let bad = try await deploy("NOT-A-NAME", in: project)
        #expect(bad.status == 1)
        #expect(bad.report.steps.first { $0.step == "smoke" }?.detail.contains("the body does not match") == true)
        #expect(try await HTTPClient().send(HTTPRequest("GET", url)).header("x-release") == "two")
        let third = try await deploy("three", in: project)
        #expect(third.report.outcome == "promoted", "\(third.report)")
        let back = try await Program.opsctl("deploy", "rollback", in: project)
        #expect(back.status == 0, "\(back.errors)")
        #expect(try await HTTPClient().send(HTTPRequest("GET", url)).header("x-release") == "two")
        let smoke = try await Program.opsctl("smoke", "run", "--format", "junit", in: project)
        #expect(smoke.status == 0)
        #expect(smoke.output.contains("<testsuite name=\"smoke\" tests=\"2\" failures=\"0\" errors=\"0\""))
    }
}
