import Foundation
import Disk
package import ProcessClient

/// The program `terraform`, run without a terminal, without its own network chatter, and without settings of the caller
/// that would change what it looks at.
package struct Terraform: Sendable {
    let path: String
    let environment: [String: String]
    package let source: ProviderSource

    /// - Parameter scratch: an existing folder that outlives the value; a CLI configuration may be written there.
    package init(path: String, environment: [String: String], scratch: String) throws {
        let source = ProviderSource.discover(
            environment: environment, version: StackRenderer.providerVersion, on: .real)
        var variables = environment.filter { name, _ in !name.hasPrefix("TF_CLI_ARGS") && !Self.dropped.contains(name) }
        variables.merge(["CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_INPUT": "0"]) { $1 }
        switch source {
        case .configured(let file): variables["TF_CLI_CONFIG_FILE"] = file
        case .registry: variables["TF_CLI_CONFIG_FILE"] = nil
        case .mirror:
            let file = "\(scratch)/terraform.rc"
            try DurableFile.write(source.configuration ?? "", to: file)
            variables["TF_CLI_CONFIG_FILE"] = file
        }
        (self.path, self.environment, self.source) = (path, variables, source)
    }

    private static let dropped: Set = [
        "TF_DATA_DIR", "TF_LOG", "TF_LOG_CORE", "TF_LOG_PATH", "TF_LOG_PROVIDER", "TF_WORKSPACE",
    ]

    package func run(_ arguments: [String], in folder: String, timeout: Duration) async throws -> CommandResult {
        try await runCommand(
            Command(path, arguments, environment: environment, workingDirectory: folder), timeout: timeout)
    }
}
