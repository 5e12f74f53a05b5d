import Cryptography
package import OpsModel
import ProcessClient

/// Calls the podman program.
struct Podman: Sendable {
    let program: String

    /// - Throws: `ProcessError` when it cannot run; a status is a result.
    func run(_ arguments: [String], input: [UInt8]? = nil, within limit: Duration) async throws -> CommandResult {
        try await runCommand(Command(program, arguments, input: input), timeout: limit)
    }

    /// The same for a container that must not outlive the call: when podman is stopped, what it runs goes on without it.
    func runForeground(
        _ arguments: [String], container: String, within limit: Duration
    ) async throws -> CommandResult {
        do { return try await run(arguments, within: limit) } catch {
            // A task of its own: it must run to its end although the caller is cancelled.
            let removal = try await Task {
                try await run(["rm", "--force", "--ignore", "--time", "5", container], within: .seconds(60))
            }.value
            guard removal.status == 0 else { throw Self.failure(removal, doing: "stop \(container)") }
            throw error
        }
    }

    static func failure(_ result: CommandResult, doing: String) -> ContainerError {
        .podman(
            doing: doing, status: result.status, why: lastLines(result.errors.isEmpty ? result.output : result.errors))
    }

    /// Keeps each variable as a secret of podman while `body` runs; it gets the options that hand them to a container. Values
    /// travel over stdin: they may hold line breaks, and stand in no argument and no file of ours.
    func withSecrets<Value: Sendable>(
        _ variables: [String: String], for container: String, _ body: ([String]) async throws -> Value
    ) async throws -> Value {
        // A deployer that was killed may have left its own behind.
        try await removeSecrets(of: container)
        do {
            var options: [String] = []
            for (index, (name, value)) in variables.sorted(by: { $0.key < $1.key }).enumerated() where !value.isEmpty {
                let secret = "\(Self.prefix(of: container))\(index)"
                let result = try await run(
                    ["secret", "create", secret, "-"], input: Array(value.utf8), within: .seconds(30))
                guard result.status == 0 else { throw Self.failure(result, doing: "hand over the variable \(name)") }
                options += ["--secret", "\(secret),type=env,target=\(name)"]
            }
            // podman refuses empty secrets; an empty value is none.
            for name in variables.keys.sorted() where variables[name]?.isEmpty == true {
                options += ["--env", "\(name)="]
            }
            let value = try await body(options)
            try await removeSecrets(of: container)
            return value
        } catch {
            // A task of its own: a cancelled deploy must not leave secrets behind either.
            let removal = await Task { try await removeSecrets(of: container) }.result
            if case .failure(let leftover) = removal { throw leftover }
            throw error
        }
    }

    /// Short, since podman takes names of 64 characters at most, and of no other container.
    private static func prefix(of container: String) -> String {
        "opsctl-\(hex(sha256(container.utf8)).prefix(16))-"
    }

    private func removeSecrets(of container: String) async throws {
        let list = try await run(["secret", "ls", "--format", "{{.Name}}"], within: .seconds(30))
        guard list.status == 0 else { throw Self.failure(list, doing: "list secrets") }
        let names = list.output.split(whereSeparator: \.isNewline).map(String.init).filter {
            $0.hasPrefix(Self.prefix(of: container))
        }
        guard !names.isEmpty else { return }
        let result = try await run(["secret", "rm"] + names, within: .seconds(30))
        guard result.status == 0 else { throw Self.failure(result, doing: "remove the secrets of \(container)") }
    }
}

/// Why a container could not be looked at or changed.
package enum ContainerError: DiagnosableError, Equatable {
    case podman(doing: String, status: Int32, why: String)
    case unreadable(container: String, why: String)

    package var diagnostic: Diagnostic {
        switch self {
        case .podman(let doing, let status, let why):
            Diagnostic(
                "container.podman", what: "podman could not \(doing)", place: "exit status \(status)", why: why,
                fix: "run `podman info` and `podman ps -a` as root to see the whole story")
        case .unreadable(let container, let why):
            Diagnostic(
                "container.unreadable", what: "cannot read what podman says of a container", place: container,
                why: why, fix: "podman container inspect \(container)")
        }
    }
}
