import Deploy
import Foundation
import OpsConfiguration
import OpsModel
import TestSupport
import Testing

@testable import opsctl

/// Reading of runners, webhooks and golden requests.
@Suite struct DeployBackendConfigurationTests {
    private func project(
        _ runner: String, more: String = "", protection: String = "ephemeral", _ body: (Project) throws -> Void
    ) async throws {
        let text = """
            version: 1
            protection: \(protection)
            deploy:
              slots: {blue: {port: 8081}, green: {port: 8082}}
              router: {haproxy: {socket: s, map: m, url: "http://127.0.0.1", preview_token: t}}
              runner: \(runner)
            \(more)
            """
        try await Program.withProject(text) { folder in
            try body(
                try Project(folder: folder, environmentName: nil, variables: ["HOOK": "https://hooks.example/T0KEN"]))
        }
    }

    @Test func aContainerRunnerIsHardWithoutBeingAsked() async throws {
        try await project("{container: {}}") { project throws in
            let settings = try #require(try ContainerRunner(project)).settings
            #expect(settings.user == "10001:10001")
            #expect(settings.memoryMegabytes == 512)
            #expect(settings.network == .host)
            #expect(try SystemdRunner(project) == nil)
        }
    }

    @Test(arguments: [
        ("{container: {user: '0:0'}}", "no account but root's"), ("{container: {user: app}}", "no account but root's"),
        ("{container: {container_port: 80}}", "on the host's network"),
        ("{container: {volumes: [{source: a, target: b}]}}", "it is not absolute"),
        ("{container: {}, systemd: {folder: x}}", "exclude each other"),
        ("{systemd: {folder: x, user: root}}", "must not run as root"),
    ])
    func aRunnerThatWouldGiveAwayMoreIsRefused(_ runner: String, _ why: String) async throws {
        do {
            try await project(runner) { project in
                _ = try ContainerRunner(project)
                _ = try SystemdRunner(project)
            }
            Issue.record("\(runner) was taken")
        } catch let error as ConfigurationError {
            #expect(error.problems.contains { $0.why.contains(why) }, "\(error.problems)")
        }
    }

    @Test func webhooksAreReadAndTheirURLNeverPrinted() async throws {
        let key = String(repeating: "k", count: 32)
        let notify = "notify: [{webhook: {url: \"${env:HOOK}\", signing_key: \(key), events: [blocked, rollback]}}]"
        try await project("{process: {folder: x}}", more: notify, protection: "critical") { project throws in
            let webhooks = try [Webhook](project)
            #expect(webhooks.map(\.events) == [[.blocked, .rollback]])
            #expect(webhooks.map(\.receiver) == ["hooks.example"])
            #expect(!"\(webhooks)".contains("T0KEN"))
        }
        try await project("{process: {folder: x}}") { project throws in #expect(try [Webhook](project).isEmpty) }
    }

    @Test(arguments: [
        ("http://hooks.example/x", String(repeating: "k", count: 32), "it is no https:// URL"),
        ("https://hooks.example/x", "short", "at least 32 bytes"),
    ])
    func aWebhookThatAnyoneCouldReadOrForgeIsRefused(_ url: String, _ key: String, _ why: String) async throws {
        let notify = "notify: [{webhook: {url: \"\(url)\", signing_key: \(key)}}]"
        try await project("{process: {folder: x}}", more: notify, protection: "standard") { project in
            do {
                _ = try [Webhook](project)
                Issue.record("it was taken")
            } catch let error as ConfigurationError {
                #expect(error.problems.map(\.why).contains { $0.contains(why) })
            }
        }
    }

    @Test func goldenRequestsAreReadAndAStrayCaptureIsRefused() async throws {
        func golden(_ pages: String) -> String {
            """
              golden:
                rounds: 3
                requests:
                  - name: invoice
                    steps: [{name: upload, request: {path: /}, capture: {pages: /pages}}]
                    pages: \(pages)
            """
        }
        try await project("{process: {folder: x}}", more: golden("pages")) { project throws in
            let settings = try #require(try GoldenProbe.Settings(project))
            #expect(settings.rounds == 3)
            #expect(settings.sizeTolerance == 0.01)
            #expect(settings.requests.map(\.name) == ["invoice"])
        }
        await #expect(throws: ConfigurationError.self) {
            try await self.project("{process: {folder: x}}", more: golden("page")) { _ = try GoldenProbe.Settings($0) }
        }
    }
}
