import Foundation
import OpsModel
import ProcessClient
import TestSupport
import Testing

/// What a review found, as a user meets it.
@Suite struct ProbeReviewTests {
    private let head = "version: 1\nprotection: ephemeral\nprobes:\n"

    @Test(arguments: [
        ("names", "is taken by every report"), ("environment", "is taken by every report"),
        ("a b", "no name for a target"),
        ("'x\"y'", "no name for a target"), ("\"a\\nb\"", "no name for a target"),
    ])
    func aNameThatReportsCannotCarryIsRefused(_ name: String, _ words: String) async throws {
        try await Program.withProject(head + "  - name: \(name)\n    bucket: {directory: .}\n") { folder async throws in
            let run = try await Program.opsctl("probe", "run", in: folder)
            #expect(run.status == 78)
            #expect(run.errors.contains(words), "\(run.errors)")
        }
    }

    @Test func theReportIsPrintedAndDecidesAlsoWhenAFileCannotBeWritten() async throws {
        let probes = "  - {name: web, http: {url: 'http://127.0.0.1:1/'}}\n"
        try await Program.withProject(head + probes) { folder async throws in
            let run = try await Program.opsctl("probe", "run", "--out", "junit=absent/x.xml", in: folder)
            #expect(run.status == 1)
            #expect(run.output.contains("fail") && run.errors.contains("absent/x.xml"))
        }
        try await Program.withProject(head + "  - {name: files, bucket: {directory: .}}\n") { folder async throws in
            let run = try await Program.opsctl("probe", "run", "--out", "junit=environments", in: folder)
            #expect(run.status == 2)
            #expect(run.output.contains("pass") && run.errors.contains("environments"))
        }
    }

    @Test func theLedgerHoldsTheDigestOfTheSavedFile() async throws {
        try await Program.withProject(head + "  - {name: files, bucket: {directory: .}}\n") { folder async throws in
            let run = try await Program.opsctl("probe", "run", "--record", "--save", "seen.json", in: folder)
            #expect(run.status == 0)
            let sum = try await runCommand(
                Command("sha256sum", ["seen.json"], workingDirectory: folder), timeout: .seconds(10))
            let ledger = try Data(contentsOf: URL(filePath: "\(folder)/.opsctl/ledger.sqlite"))
            let wal = "\(folder)/.opsctl/ledger.sqlite-wal"
            let rest = FileManager.default.fileExists(atPath: wal) ? try Data(contentsOf: URL(filePath: wal)) : Data()
            let digest = Data(sum.output.prefix(64).utf8)
            #expect((ledger + rest).range(of: digest) != nil)
        }
    }

    @Test func aDiffAfterAGreenRunWithVariablesShowsNothing() async throws {
        let file = """
            version: 1
            protection: ephemeral
            app: {artifact: a, environment: {MODE: {value: fast}, OPTIONAL: {value: '${env:ABSENT}', required: false}}}
            probes: [{name: files, bucket: {directory: .}}]
            """
        try await Program.withProject(file) { folder async throws in
            #expect(try await Program.opsctl("probe", "run", in: folder).status == 0)
            let diff = try await Program.opsctl("probe", "diff", in: folder)
            #expect(diff.status == 0, "\(diff.output)")
        }
    }

    @Test func aReleaseStartsWithoutAnOptionalVariable() async throws {
        let file = """
            version: 1
            protection: ephemeral
            app: {artifact: absent-file, environment: {OPTIONAL: {value: '${env:ABSENT}', required: false}}}
            """
        try await Program.withProject(file) { folder async throws in
            let plan = try await Program.opsctl("deploy", "plan", "--release", "1", in: folder)
            #expect(!plan.errors.contains("ABSENT"), "\(plan.errors)")
        }
    }

    @Test func aWatcherThatNobodyReadsEnds() async throws {
        try await Program.withProject(head + "  - {name: files, bucket: {directory: .}}\n") { folder async throws in
            let opsctl = try Program.folder + "/opsctl"
            let line = "\(opsctl) probe watch --profile deep --interval 100ms | head -c 1"
            let run = try await runCommand(
                Command("/bin/bash", ["-c", line], workingDirectory: folder), timeout: .seconds(30))
            #expect(run.status == 0)
        }
    }

    @Test func placesAreThoseOfTheCheckoutOnGitHub() async throws {
        try await Program.withProject(head + "  - {name: web, http: {url: 'http://127.0.0.1:1/'}}\n") {
            folder async throws in
            let name = URL(filePath: folder).lastPathComponent
            let run = try await Program.opsctl(
                ["probe", "run", "--format", "github"], in: folder,
                environment: ["GITHUB_WORKSPACE": URL(filePath: folder).deletingLastPathComponent().path])
            #expect(run.errors.contains("::error file=\(name)/environments/test.yaml,"), "\(run.errors)")
        }
    }

    @Test func weakValuesHaveNoDigest() async throws {
        let file = """
            version: 1
            protection: ephemeral
            app:
              artifact: a
              environment:
                BYTE: {type: hex, bytes: 1, value: ab}
                DSN: {value: "Server=x;Pwd=hunter2"}
                URL: {type: postgres_url, value: "postgresql://u:abc1xyz9@h/d"}
            """
        try await Program.withProject(file) { folder async throws in
            let shown = try await Program.opsctl("env", "show", in: folder)
            #expect(shown.status == 0)
            #expect(!shown.output.contains("digest") && !shown.output.contains("hunter2"), "\(shown.output)")
            #expect(!(try await Program.opsctl("env", "validate", in: folder)).output.contains("digest"))
        }
    }
}
