import Foundation
import OpsModel
import ProcessClient
import TestSupport
import Testing

@Suite struct EnvCommandTests {
    private let strong = "9f2c4b7e1d8a6035c4e7f9021b3d5a687c8e9f0a1b2c3d4e5f60718293a4b5c6"

    private func withApp(
        _ variables: String, protection: String = "ephemeral", more: String = "", probes: String = "",
        _ body: (String) async throws -> Void
    ) async throws {
        let file = """
            version: 1
            protection: \(protection)
            \(more)
            app:
              artifact: a
              environment: {\(variables)}
            \(probes)
            """
        try await Program.withProject(file, body)
    }

    @Test func aDotEnvFileIsReadInAnEphemeralEnvironmentAndTheRealEnvironmentWins() async throws {
        try await withApp("A: {value: '${env:A}'}, B: {value: '${env:B}'}", more: "env_file: .env") {
            folder async throws in
            try "A=from-file\nB=from-file\n".write(toFile: "\(folder)/.env", atomically: true, encoding: .utf8)
            let shown = try await Program.opsctl(
                ["env", "show", "--format", "json"], in: folder, environment: ["B": "environment"])
            #expect(shown.status == 0, "\(shown.errors)")
            #expect(shown.output.contains("\"bytes\":9") && shown.output.contains("\"bytes\":11"))
            #expect(try await Program.opsctl("env", "validate", in: folder).status == 0)
        }
    }

    @Test(arguments: ["standard", "critical"])
    func aDotEnvFileIsNeverReadElsewhere(_ protection: String) async throws {
        try await withApp("A: {value: '${env:A}'}", protection: protection) { folder async throws in
            try "A=from-file\n".write(toFile: "\(folder)/.env", atomically: true, encoding: .utf8)
            #expect(try await Program.opsctl("env", "validate", in: folder).status == 1)
        }
        let asked = "env_file: .env"
        try await withApp("A: {value: '${env:A}'}", protection: protection, more: asked) { folder async throws in
            try "A=from-file\n".write(toFile: "\(folder)/.env", atomically: true, encoding: .utf8)
            let refused = try await Program.opsctl("env", "validate", in: folder)
            #expect(refused.status == 78)
            #expect(refused.errors.contains("a .env file is never read in a \(protection) environment"))
            #expect(refused.errors.contains("environments/test.yaml:3:1"))
        }
    }

    @Test func aProbeLooksWithTheVeryValueThatWasJudged() async throws {
        let probes = "probes: [{name: db, postgres: {url: '${app:DATABASE_URL}', tls: 'off'}}]"
        let url = "postgresql://app:K3kfj29dkfj39dk2jd@127.0.0.1:1/app?sslmode=disable"
        try await withApp("DATABASE_URL: {type: postgres_url, value: '${env:URL}'}", probes: probes) {
            folder async throws in
            let list = try await Program.opsctl(["probe", "list"], in: folder, environment: ["URL": url])
            #expect(list.output.contains("127.0.0.1:1"), "\(list.errors)")
            let run = try await Program.opsctl(
                ["probe", "run", "--format", "json"], in: folder, environment: ["URL": url])
            #expect(run.status == 1)
            #expect(run.output.contains("environment.DATABASE_URL"))
            #expect(!(run.output + run.errors).contains("K3kfj29dkfj39dk2jd"))
        }
    }

    @Test(arguments: [
        ("${app:DATABASE_ULR}", "did you mean ${app:DATABASE_URL}?"),
        ("${app:LISTEN}", "complete only when a slot starts"),
    ])
    func aReferenceToNoUsableVariableIsExplained(_ reference: String, _ words: String) async throws {
        let variables = "DATABASE_URL: {value: x}, LISTEN: {value: '127.0.0.1:${slot:port}'}"
        let probes = "probes: [{name: web, http: {url: '\(reference)'}}]"
        try await withApp(variables, probes: probes) { folder async throws in
            let list = try await Program.opsctl("probe", "list", in: folder)
            #expect(list.status == 78)
            #expect(list.errors.contains(words), "\(list.errors)")
        }
    }

    @Test func secretsAreShownBySizeAndDigestOnly() async throws {
        try await withApp(
            "KEY: {type: secret, value: '${env:KEY}'}, WEAK: {type: secret, value: '${env:WEAK}'}, MODE: {value: fast}"
        ) { folder async throws in
            let shown = try await Program.opsctl(
                ["env", "show"], in: folder, environment: ["KEY": strong, "WEAK": "hunter2"])
            #expect(shown.status == 0)
            #expect(!shown.output.contains(strong) && !shown.output.contains("hunter2"))
            #expect(shown.output.contains("*** 64 bytes, digest ") && shown.output.contains("*** 7 bytes\n"))
            #expect(shown.output.contains("fast"))
        }
    }

    @Test(arguments: [
        ("A: {value: x, needs: [B]}", "no variable `B`"), ("A: {value: x, pattern: '['}", "no regular expression"),
    ])
    func rulesThatCannotHoldAreRefused(_ variables: String, _ words: String) async throws {
        try await withApp(variables) { folder async throws in
            let refused = try await Program.opsctl("env", "validate", in: folder)
            #expect(refused.status == 78)
            #expect(refused.errors.contains(words), "\(refused.errors)")
        }
    }

    @Test func theSecretOfAnotherEnvironmentIsFound() async throws {
        let variables = "KEY: {type: secret, value: '${env:KEY}'}"
        try await withApp(variables, more: "") { folder async throws in
            let path = "\(folder)/environments/staging.yaml"
            let mine = try String(contentsOfFile: "\(folder)/environments/test.yaml", encoding: .utf8)
            try mine.replacing("env:KEY", with: "env:STAGING_KEY")
                .write(toFile: path, atomically: true, encoding: .utf8)
            let distinct = mine.replacing("  artifact: a\n", with: "  artifact: a\n  distinct_from: [staging]\n")
            try distinct.write(toFile: "\(folder)/environments/test.yaml", atomically: true, encoding: .utf8)
            let run = try await Program.opsctl(
                ["env", "validate"], in: folder, environment: ["KEY": strong, "STAGING_KEY": strong])
            #expect(run.status == 1)
            #expect(run.output.contains("the value of KEY in staging"))
            let alone = try await Program.opsctl(["env", "validate"], in: folder, environment: ["KEY": strong])
            #expect(alone.status == 2)
        }
    }

    @Test func aReferenceToAPipeIsRefusedAndNotWaitedFor() async throws {
        try await withApp("A: {value: '${file:pipe}'}") { folder async throws in
            #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
            let run = try await Program.opsctl("env", "validate", in: folder)
            #expect(run.status == 1)
            #expect(run.output.contains("is not a regular file"), "\(run.output)")
        }
    }
}
