import Foundation
import ProcessClient
import TestSupport

/// The built programs, run as a user would.
enum Program {
    static var folder: String {
        get throws {
            let mine = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            return String(mine[..<(mine.lastIndex(of: "/") ?? mine.startIndex)])
        }
    }

    static func opsctl(
        _ arguments: String..., in folder: String = "/", environment: [String: String] = [:]
    ) async throws -> CommandResult {
        try await opsctl(arguments, in: folder, environment: environment)
    }

    static func opsctl(
        _ arguments: [String], in folder: String, environment: [String: String] = [:]
    ) async throws -> CommandResult {
        let variables = ["PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": folder].merging(environment) { $1 }
        return try await runCommand(
            Command("\(try self.folder)/opsctl", arguments, environment: variables, workingDirectory: folder),
            timeout: .seconds(300))
    }

    /// A project folder with one environment `test` for the length of `body`.
    static func withProject(
        _ environment: String, _ body: (String) async throws -> Void
    ) async throws {
        try await withScratchDirectory { folder async throws in
            try "version: 1\nservice: demo\ndefault_environment: test\n"
                .write(toFile: "\(folder)/opsctl.yaml", atomically: true, encoding: .utf8)
            try FileManager.default.createDirectory(atPath: "\(folder)/environments", withIntermediateDirectories: true)
            try environment.write(toFile: "\(folder)/environments/test.yaml", atomically: true, encoding: .utf8)
            try await body(folder)
        }
    }
}
