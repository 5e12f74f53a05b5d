import Foundation
import HTTPClient
package import KubernetesClient
package import OpsModel
import ProcessClient

/// The Kubernetes API's contract on a port of this machine: `Tests/Emulator/kubernetes_api.py`.
package struct KubernetesAPI: Sendable {
    package let address: String
    package let token: Secret
    /// Folder for what the test writes.
    package let folder: String

    package init(address: String, token: Secret, folder: String) {
        (self.address, self.token, self.folder) = (address, token, folder)
    }

    /// `@Suite(.enabled(if: KubernetesAPI.isThere, KubernetesAPI.reason))`
    package static var isThere: Bool { missing == nil }
    package static var reason: String { "no Kubernetes API: \(missing ?? "")" }

    private static let missing: String? = {
        guard let path = findExecutable(AWSEmulator.python) else { return "python3 is not installed" }
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = [
            "-c", "import importlib.util as u, sys; sys.exit(u.find_spec('kubernetes_validate') is None)",
        ]
        do { try process.run() } catch { return "python3 does not start: \(error)" }
        process.waitUntilExit()
        return process.terminationStatus == 0 ? nil : "kubernetes-validate is not installed: Tests/Emulator/setup"
    }()

    static let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Emulator/kubernetes_api.py").path

    /// A kubeconfig with one context, for this server or another one.
    /// - Parameters:
    ///   - user: YAML of the user; nil: the token.
    ///   - cluster: YAML lines of the cluster, beside its server.
    package func kubeconfig(
        _ name: String = "kubeconfig", user: String? = nil, cluster: String = "", server: String? = nil
    ) throws -> String {
        let text = """
            apiVersion: v1
            kind: Config
            current-context: test
            contexts: [{name: test, context: {cluster: test, user: test, namespace: shop}}]
            clusters: [{name: test, cluster: {server: "\(server ?? address)"\(cluster)}}]
            users: [{name: test, user: \(user ?? "{token: \(token.reveal())}")}]
            """
        try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        return "\(folder)/\(name)"
    }

    package func client(timeout: Duration = .seconds(10)) throws -> KubernetesClient {
        KubernetesClient(try .kubeconfig(path: try kubeconfig()), http: HTTPClient(), timeout: timeout)
    }

    /// Something that happens in the cluster: `crash?namespace=N&deployment=D`, `hold?on=true`.
    package func control(_ path: String) async throws {
        let header = (name: "authorization", value: "Bearer \(token.reveal())")
        let response = try await HTTPClient().send(
            HTTPRequest("POST", "\(address)/opsctl-test/\(path)", headers: [header]))
        guard response.status == 200 else { throw ConditionNotReached(description: response.text) }
    }
}

/// A server of its own for the length of `body`. - Parameter arguments: of the program, given the folder.
package func withKubernetesAPI<Value>(
    _ arguments: (String) throws -> [String] = { _ in [] }, isolation: isolated (any Actor)? = #isolation,
    _ body: (KubernetesAPI) async throws -> Value
) async throws -> Value {
    try await withScratchDirectory { folder in
        let token = "t\(UInt64.random(in: .min ... .max))"
        let log = "\(folder)/api.log"
        let options = try arguments(folder)
        let process = try DetachedProcess.start(
            executable: AWSEmulator.python, arguments: [KubernetesAPI.script, "--token", token] + options,
            environment: ProcessInfo.processInfo.environment, folder: folder, log: log)
        return try await withCleanup {
            var port = ""
            try await eventually("the Kubernetes API listens; see \(log)", within: .seconds(30)) {
                let text = try String(contentsOfFile: log, encoding: .utf8)
                guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("listening ") }) else {
                    return false
                }
                port = String(line.dropFirst("listening ".count))
                return true
            }
            let scheme = options.contains("--certificate") ? "https" : "http"
            return try await body(
                KubernetesAPI(address: "\(scheme)://127.0.0.1:\(port)", token: Secret(token), folder: folder))
        } cleanup: {
            _ = try await process.stop(gracePeriod: .seconds(2))
        }
    }
}
