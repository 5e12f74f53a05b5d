import AWSClient
import Cryptography
import Deploy
import Foundation
import HTTPClient
import KubernetesClient
import OpsModel
import ProcessClient
import TestSupport
import Testing

/// A runner under the conformance tests.
struct RunnerBench: Sendable {
    let runner: any SlotRunner
    /// A release of that name, whose environment holds `secret`.
    let launch: @Sendable (_ name: String) -> ReleaseLaunch
    /// What runs in the slot ends by itself.
    let end: @Sendable (Slot) async throws -> Void
    /// A word that what runs there has written.
    let word: String

    static let secret = "hunter2-in-the-environment"
}

/// Processes run for real; ECS is moto's; the Kubernetes API is the contract of Tests/Emulator.
enum RunnerBackend: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case process, ecs, kubernetes

    var testDescription: String { rawValue }

    private var obstacle: String? {
        switch self {
        case .process: nil
        case .ecs: AWSEmulator.isThere ? nil : AWSEmulator.reason
        case .kubernetes: KubernetesAPI.isThere ? nil : KubernetesAPI.reason
        }
    }

    func with(_ body: (RunnerBench) async throws -> Void) async throws {
        if let obstacle { try Test.cancel("\(obstacle)") }
        switch self {
        case .process: try await withProcesses(body)
        case .ecs: try await withAWSEmulator { try await body(try await ECSLab($0).bench()) }
        case .kubernetes: try await withKubernetesAPI { try await body(try kubernetesRunnerBench($0)) }
        }
    }

    private func withProcesses(_ body: (RunnerBench) async throws -> Void) async throws {
        try await withScratchDirectory { folder async throws in
            let ports = try freeLoopbackPorts(2)
            let program = "#!/bin/sh\necho release is up\nexec sleep 600\n"
            try program.write(toFile: "\(folder)/app", atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/app")
            let digest = hex(try sha256(fileAt: "\(folder)/app"))
            let runner = try ProcessRunner(
                folder: "\(folder)/slots", blue: .init(host: "127.0.0.1", port: ports[0]),
                green: .init(host: "127.0.0.1", port: ports[1]), stopGrace: .seconds(2))
            let bench = RunnerBench(
                runner: runner, launch: { testLaunch($0, artifact: "\(folder)/app", digest: digest) },
                end: { slot in
                    guard let pid = try await runner.state(of: slot).pid else { return }
                    kill(pid, SIGKILL)
                    try await eventually("it is gone") { try await !runner.state(of: slot).isRunning }
                }, word: "release is up")
            try await withCleanup {
                try await body(bench)
            } cleanup: {
                for slot in Slot.allCases { try await runner.stop(slot) }
            }
        }
    }
}

/// A launch whose configuration belongs to its name.
func testLaunch(_ name: String, artifact: String, digest: String) -> ReleaseLaunch {
    ReleaseLaunch(
        release: Release(name: name, artifactDigest: digest, configurationDigest: hex(sha256(name.utf8))),
        artifact: artifact, arguments: ["serve"], migrateArguments: ["migrate"],
        environment: ["PASSWORD": Secret(RunnerBench.secret), "NAME": Secret("${release:name} ${slot:color}")])
}

let testImageDigest = String(repeating: "a", count: 64)
let testImage = "registry.example/app@sha256:\(testImageDigest)"

func kubernetesRunner(_ api: KubernetesAPI) throws -> KubernetesRunner {
    var settings = KubernetesRunner.Settings(
        namespace: "shop", name: "app", blue: "http://app-blue.shop", green: "http://app-green.shop", port: 8080)
    settings.replicas = 2
    return KubernetesRunner(client: try api.client(), settings: settings)
}

func kubernetesRunnerBench(_ api: KubernetesAPI) throws -> RunnerBench {
    RunnerBench(
        runner: try kubernetesRunner(api), launch: { testLaunch($0, artifact: testImage, digest: testImageDigest) },
        end: { try await api.control("crash?namespace=shop&deployment=app-\($0.rawValue)") },
        word: "has started")
}
