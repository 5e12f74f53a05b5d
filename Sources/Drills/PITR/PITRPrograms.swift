import Foundation
import ProcessClient

/// The PostgreSQL programs of the drill, of the live server's major version.
struct PITRPrograms: Sendable {
    let folder: String

    var postgres: String { "\(folder)/postgres" }
    var baseBackup: String { "\(folder)/pg_basebackup" }
    var verifyBackup: String { "\(folder)/pg_verifybackup" }

    /// - Throws: `missingProgram` when there is none of that version.
    static func find(_ configured: String?, major: Int) async throws -> PITRPrograms {
        let folder = configured ?? Self.guess(major: major)
        let programs = PITRPrograms(folder: folder)
        for path in [programs.postgres, programs.baseBackup, programs.verifyBackup]
        where findExecutable(path) == nil {
            throw DrillError.missingProgram(
                name: path, why: "no executable file of that name", debianPackage: "postgresql-\(major)")
        }
        let command = Command(programs.postgres, ["--version"], environment: ["LC_ALL": "C"])
        let answer = try await runCommand(command, timeout: .seconds(30)).checked(command).output
        guard let match = answer.firstMatch(of: #/\(PostgreSQL\) (\d+)/#), Int(match.1) == major else {
            throw DrillError.missingProgram(
                name: programs.postgres,
                why: "it is \(answer.trimmingCharacters(in: .whitespacesAndNewlines)), the server is version \(major)",
                debianPackage: "postgresql-\(major)")
        }
        return programs
    }

    /// Where the plan would look; the server's version is not known there.
    static func guess(major: Int?) -> String {
        let folders = postgresFolders()
        if let major, let folder = folders.first(where: { $0.hasSuffix("/\(major)/bin") }) { return folder }
        if let first = folders.first { return first }
        let path = findExecutable("postgres") ?? "/usr/bin/postgres"
        return String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }
}
