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
        var variables = Self.variables(of: environment)
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
        "AWS_DYNAMODB_ENDPOINT", "AWS_IAM_ENDPOINT", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_S3_ENDPOINT",
        "AWS_STS_ENDPOINT", "TF_DATA_DIR", "TF_REATTACH_PROVIDERS", "TF_WORKSPACE",
    ]
    private static let droppedPrefixes = ["AWS_ENDPOINT_URL_", "TF_AWS_", "TF_CLI_ARGS", "TF_LOG", "TF_VAR_"]

    /// The caller's variables without those that change what Terraform looks at. Where AWS is, only AWS_ENDPOINT_URL says:
    /// that is what bundles and outputs are marked with.
    static func variables(of environment: [String: String]) -> [String: String] {
        var variables = environment.filter { name, _ in
            !dropped.contains(name) && !droppedPrefixes.contains { name.hasPrefix($0) }
        }
        variables.merge(["CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_INPUT": "0"]) { $1 }
        if EndpointOverride(variables) == nil {
            variables["AWS_ENDPOINT_URL"] = nil
            variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true"
        }
        return variables
    }

    package func run(_ arguments: [String], in folder: String, timeout: Duration) async throws -> CommandResult {
        try await runCommand(
            Command(path, arguments, environment: environment, workingDirectory: folder), timeout: timeout)
    }
}
