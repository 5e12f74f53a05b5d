import Foundation
import OpsModel
import ProcessClient
import TestSupport
import Testing

/// URLs that would give a password away are refused before anybody is asked.
@Suite struct PasswordProtectionTests {
    private func list(_ url: String, _ settings: String = "", kind: String = "postgres") async throws -> CommandResult {
        let file = """
            version: 1
            protection: ephemeral
            probes: [{name: db, \(kind): {url: "\(url)"\(settings)}}]
            """
        var result: CommandResult?
        try await Program.withProject(file) { result = try await Program.opsctl("probe", "list", in: $0) }
        return try #require(result)
    }

    @Test(arguments: ["", "?sslmode=prefer", "?sslmode=require", "?sslmode=disable"], ["postgres", "pgbouncer"])
    func aURLThatDoesNotVerifyTheServerIsRefusedWhereVerifiedIsDemanded(_ query: String, _ kind: String) async throws {
        let refused = try await list("postgresql://u:hunter2@h/d\(query)", kind: kind)
        #expect(refused.status == 78)
        #expect(refused.errors.contains("does not verify the server") && !refused.errors.contains("hunter2"))
    }

    @Test(arguments: [
        ("?sslmode=verify-full", "", Int32(0)), ("?sslmode=verify-ca", "", 0), ("", ", tls: required", 0),
        ("?sslmode=disable", ", tls: required", 78), ("?sslmode=disable", ", tls: 'off'", 0),
        ("?sslmode=verify-full", ", replica_url: 'postgresql://u@h/d'", 78),
    ])
    func theDemandDecidesWhatIsEnough(_ query: String, _ settings: String, _ status: Int32) async throws {
        let result = try await list("postgresql://u:hunter2@h/d\(query)", settings)
        #expect(result.status == status, "\(result.errors)")
    }

    @Test(arguments: ["canaries", "''", "/canaries/"])
    func aCanaryPrefixThatIsNoFolderIsRefused(_ prefix: String) async throws {
        let file = """
            version: 1
            protection: ephemeral
            probes: [{name: files, bucket: {directory: ., canary_prefix: \(prefix)}}]
            """
        try await Program.withProject(file) { folder async throws in
            #expect(try await Program.opsctl("probe", "list", in: folder).status == 78)
        }
    }
}
