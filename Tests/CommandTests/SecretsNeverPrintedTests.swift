import Foundation
import LocalServices
import OpsModel
import ProcessClient
import TestSupport
import Testing

/// Runs every command that touches a secret on a whole local stack, well and broken, and looks for every secret that was
/// generated in everything that was printed or written beside the values themselves.
@Suite(.enabled(if: Requirement.everything.isMet, "a service is not installed")) struct SecretsNeverPrintedTests {
    private let commands = [
        "env validate", "env show", "env show --format json", "env validate --format json", "probe list",
        "probe list --format json", "probe run --save .opsctl/seen.json --record",
        "probe run --profile deep --format json",
        "probe run --format junit", "probe run --format tap", "probe run --format nagios", "probe run --format ndjson",
        "probe run --format prometheus", "probe run --format github", "probe run --format sarif",
        "probe run --format health",
        "probe run --profile oncall", "probe diff", "probe judge .opsctl/seen.json --format json",
        "probe wait --deadline 5s", "probe watch --count 1", "probe explain database.tls", "drill pitr --dry-run",
        "deploy plan --release 1", "deploy status", "local status", "doctor", "smoke run",
    ]

    @Test func noGeneratedSecretIsPrintedOrWrittenByAnyCommand() async throws {
        try await withProject { folder, secrets async throws in
            try await look(folder, secrets, "well")
            try write("wrong-" + secrets[0], to: "\(folder)/.opsctl/local/values/signing-key")
            try await breakCredentials(folder)
            try await look(folder, secrets, "with wrong passwords")
        }
    }

    private func look(_ folder: String, _ secrets: [String], _ state: String) async throws {
        for line in commands {
            let result = try await Program.opsctl(line.split(separator: " ").map(String.init), in: folder)
            for (index, secret) in secrets.enumerated() {
                #expect(
                    !result.output.contains(secret) && !result.errors.contains(secret),
                    "`opsctl \(line)`, \(state), printed secret \(index)")
            }
        }
        for path in try written(folder) {
            let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
            for (index, secret) in secrets.enumerated() {
                #expect(!text.contains(secret), "\(path), \(state), holds secret \(index)")
            }
        }
    }

    /// Files that the commands wrote: everything but the values and what the services themselves keep.
    private func written(_ folder: String) throws -> [String] {
        let files = try FileManager.default.subpathsOfDirectory(atPath: "\(folder)/.opsctl")
        return files.filter { !$0.hasPrefix("local") }.map { "\(folder)/.opsctl/\($0)" }.filter { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
        }
    }

    /// The project's own files with a stack of its own; the secrets are those of the stack.
    private func withProject(_ body: (String, [String]) async throws -> Void) async throws {
        let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        try await withScratchDirectory { folder async throws in
            for name in ["opsctl.yaml", "environments"] {
                try FileManager.default.copyItem(atPath: "\(source)/\(name)", toPath: "\(folder)/\(name)")
            }
            let up = try await Program.opsctl("local", "up", in: folder)
            #expect(up.status == 0, "\(up.errors)")
            do {
                let secrets = try secrets(in: folder)
                #expect(secrets.count >= 6)
                try await body(folder, secrets)
            } catch {
                _ = try await Program.opsctl("local", "down", "--remove-data", in: folder)
                throw error
            }
            _ = try await Program.opsctl("local", "down", "--remove-data", in: folder)
        }
    }

    /// Passwords of URLs, and values that are keys or tokens.
    private func secrets(in folder: String) throws -> [String] {
        let values = "\(folder)/.opsctl/local/values"
        return try FileManager.default.contentsOfDirectory(atPath: values).sorted().compactMap { name in
            let text = try String(contentsOfFile: "\(values)/\(name)", encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            if let password = text.firstMatch(of: #/^[a-z]+:\/\/[^:@\/]*:([^@]+)@/#) { return String(password.1) }
            return ["bucket-secret-key", "signing-key", "preview-token"].contains(name) ? text : nil
        }
    }

    /// The last digit of every password changes, so that errors of every kind come about.
    private func breakCredentials(_ folder: String) async throws {
        let values = "\(folder)/.opsctl/local/values"
        for name in ["database-probe-url", "database-replica-url", "redis-probe-url", "bucket-secret-key"] {
            let text = try String(contentsOfFile: "\(values)/\(name)", encoding: .utf8)
            let broken = text.replacing(#/:([^:@\/]+)@/#) { ":\($0.1)x@" }
            try write(broken == text ? text.trimmingCharacters(in: .newlines) + "x" : broken, to: "\(values)/\(name)")
        }
    }

    private func write(_ text: String, to path: String) throws {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
}
