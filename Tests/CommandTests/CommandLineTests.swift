import Foundation
import OpsModel
import ProcessClient
import TestSupport
import Testing

@Suite struct CommandLineTests {
    private let minimal = "version: 1\nprotection: ephemeral\n"

    @Test func helpOfExitCodesPrintsTheOneTable() async throws {
        let help = try await Program.opsctl("help", "exit-codes")
        #expect(help.status == 0)
        for status in OpsModel.ExitStatus.allCases {
            #expect(help.output.contains("\(status.rawValue)  "), "\(status.rawValue) is missing")
        }
    }

    /// Every leaf of the command tree, as the program itself describes it.
    private func leaves() async throws -> [[String]] {
        let dump = try await Program.opsctl("--experimental-dump-help")
        let root = try #require(try JSONSerialization.jsonObject(with: Data(dump.output.utf8)) as? [String: Any])
        func walk(_ command: [String: Any], _ path: [String]) -> [[String]] {
            let children = (command["subcommands"] as? [[String: Any]] ?? []).filter {
                $0["commandName"] as? String != "help"
            }
            if children.isEmpty { return [path] }
            return children.flatMap { walk($0, path + [($0["commandName"] as? String) ?? "?"]) }
        }
        return walk(try #require(root["command"] as? [String: Any]), [])
    }

    @Test func everyCommandHasExamplesInItsHelp() async throws {
        let leaves = try await leaves()
        #expect(leaves.count >= 15)
        for leaf in leaves where leaf != ["exit-codes"] {
            let help = try await Program.opsctl(leaf + ["--help"], in: "/")
            #expect(help.output.contains("Examples:"), "\(leaf.joined(separator: " "))")
            #expect(help.output.contains("opsctl \(leaf.joined(separator: " "))"), "\(leaf.joined(separator: " "))")
        }
    }

    @Test(arguments: [
        ["frobnicate"], ["probe", "run", "--format", "yaml"], ["deploy", "run"], ["deploy", "run", "--release", "a b"],
    ])
    func wrongUsageExits64OnStandardErrorOnly(_ arguments: [String]) async throws {
        let result = try await Program.opsctl(arguments, in: "/")
        #expect(result.status == 64)
        #expect(result.output.isEmpty)
        #expect(result.errors.contains("Usage:"))
    }

    @Test func aFolderWithoutProjectIsExplained() async throws {
        try await withScratchDirectory { folder async throws in
            let result = try await Program.opsctl("probe", "list", in: folder)
            #expect(result.status == 78)
            #expect(result.errors.contains("opsctl.yaml"))
            #expect(result.errors.contains("fix:"))
        }
    }

    @Test func anUnknownEnvironmentNamesTheNearest() async throws {
        try await Program.withProject(minimal) { folder in
            let result = try await Program.opsctl("probe", "list", "--env", "tset", in: folder)
            #expect(result.status == 78)
            #expect(result.errors.contains("did you mean --env test?"))
        }
    }

    @Test func aTypoInTheFileExits78WithItsPlace() async throws {
        try await Program.withProject(minimal + "probse: []\n") { folder in
            let result = try await Program.opsctl("probe", "run", in: folder)
            #expect(result.status == 78)
            #expect(result.errors.contains("environments/test.yaml:3:1"))
            #expect(result.errors.contains("did you mean `probes`?"))
        }
    }

    @Test func aMissingSecretIsNamedWithoutTouchingTheNetwork() async throws {
        let file = minimal + "probes:\n  - name: db\n    postgres: {url: \"${env:DATABASE_URL}\"}\n"
        try await Program.withProject(file) { folder in
            let result = try await Program.opsctl("probe", "run", in: folder)
            #expect(result.status == 78)
            #expect(result.errors.contains("DATABASE_URL is not set"))
        }
    }

    @Test func environmentVariablesOfLibpqDoNotLeakIn() async throws {
        let file = minimal + "probes:\n  - name: web\n    http: {url: 'http://127.0.0.1:1/'}\n"
        try await Program.withProject(file) { folder in
            let result = try await Program.opsctl(
                "probe", "list", in: folder, environment: ["PGPASSWORD": "x", "PGSERVICE": "y"])
            #expect(result.status == 0)
        }
    }

    @Test func envValidateNamesWhatIsWeakAndNeverPrintsIt() async throws {
        let file = """
            version: 1
            protection: critical
            app:
              artifact: bin/app
              environment:
                DATABASE_URL: {type: postgres_url, value: "${env:DATABASE_URL}"}
                SIGNING_KEY: {type: secret, value: "${env:SIGNING_KEY}"}
                MISSING: {value: "${env:MISSING}"}
            """
        try await Program.withProject(file) { folder in
            let result = try await Program.opsctl(
                "env", "validate", in: folder,
                environment: [
                    "DATABASE_URL": "postgresql://app:unguessable-word-1234@db/app?sslmode=require",
                    "SIGNING_KEY": "hunter2hunter2",
                ])
            #expect(result.status == 1)
            #expect(result.output.contains("sslmode=require"))
            #expect(result.output.contains("MISSING is not set"))
            #expect(!(result.output + result.errors).contains("hunter2"))
            #expect(!(result.output + result.errors).contains("unguessable"))
        }
    }

    @Test func schemaIsValidJSONForBothFiles() async throws {
        for subject in ["environment", "project"] {
            let result = try await Program.opsctl("schema", "--of", subject)
            #expect(result.status == 0)
            _ = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
        }
    }

    @Test func versionAndHelpGoToStandardOutput() async throws {
        let version = try await Program.opsctl("--version")
        #expect(version.status == 0)
        #expect(version.output.firstMatch(of: #/^\d+\.\d+\.\d+\n$/#) != nil)
        #expect(version.errors.isEmpty)
    }

    @Test func aReaderThatLeavesDoesNotKillTheCommand() async throws {
        let program = "\(try Program.folder)/opsctl"
        let result = try await runCommand(
            Command("bash", ["-c", "'\(program)' schema | head -c 1 > /dev/null; exit ${PIPESTATUS[0]}"]),
            timeout: .seconds(60))
        #expect(result.status == 0, "\(result.errors)")
    }
}
