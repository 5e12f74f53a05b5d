import Foundation
import OpsModel
import ProcessClient
import TestSupport
import Testing

/// The commands around a probe run, on a folder used as a bucket and on ports where nothing listens.
@Suite struct ProbeToolTests {
    private let head = "version: 1\nprotection: ephemeral\nprobes:\n"
    private let files = "  - name: files\n    bucket: {directory: store}\n"
    private let absent = "  - name: web\n    http: {url: 'http://ann:hunter2@127.0.0.1:1/?token=hunter3'}\n"

    private func withProject(_ probes: String, _ body: (String) async throws -> Void) async throws {
        try await Program.withProject(head + probes) { folder in
            try FileManager.default.createDirectory(atPath: "\(folder)/store", withIntermediateDirectories: false)
            try await body(folder)
        }
    }

    private func opsctl(
        _ arguments: String, in folder: String, environment: [String: String] = [:]
    ) async throws -> CommandResult {
        try await Program.opsctl(
            arguments.split(separator: " ").map(String.init), in: folder, environment: environment)
    }

    @Test func whatARunSawCanBeJudgedAgainOfflineAndHoldsNoSecret() async throws {
        try await withProject(files + absent) { folder async throws in
            let run = try await opsctl("probe run --save seen.json --format junit", in: folder)
            #expect(run.status == 1)
            let seen = try String(contentsOfFile: "\(folder)/seen.json", encoding: .utf8)
            #expect(!seen.contains("hunter"))
            let mode = try FileManager.default.attributesOfItem(atPath: "\(folder)/seen.json")[.posixPermissions]
            #expect(mode as? Int == 0o600)
            try FileManager.default.removeItem(atPath: "\(folder)/store")
            let judged = try await opsctl("probe judge seen.json --format junit", in: folder)
            #expect(judged.status == 1)
            func withoutTimes(_ text: String) -> String { text.replacing(#/ time="[0-9.]+"/#, with: "") }
            #expect(withoutTimes(judged.output) == withoutTimes(run.output))
        }
    }

    @Test(arguments: ["", "{}", "{\"schema\":1}", "no JSON", "[]"])
    func aFileThatNoRunWroteIsExplained(_ text: String) async throws {
        try await withScratchDirectory { folder async throws in
            try text.write(toFile: "\(folder)/x.json", atomically: true, encoding: .utf8)
            let judged = try await opsctl("probe judge x.json", in: folder)
            #expect(judged.status == 78)
            #expect(judged.output.isEmpty)
            #expect(judged.errors.contains("where: x.json") && judged.errors.contains("fix:"))
        }
    }

    @Test func aDifferenceToTheLastGreenRunIsShownAndExits1() async throws {
        try await withProject(files) { folder async throws in
            let none = try await opsctl("probe diff", in: folder)
            #expect(none.status == 2)
            #expect(none.errors.contains("fix:   opsctl probe run"))
            #expect(try await opsctl("probe run", in: folder).status == 0)
            let same = try await opsctl("probe diff", in: folder)
            #expect(same.status == 0, "\(same.output)")
            try FileManager.default.removeItem(atPath: "\(folder)/store")
            let changed = try await opsctl("probe diff", in: folder)
            #expect(changed.status == 1)
            #expect(changed.output.contains("status: files.put"))
        }
    }

    @Test func aRunThatIsNotGreenDoesNotReplaceTheLastGreenOne() async throws {
        try await withProject(files) { folder async throws in
            #expect(try await opsctl("probe run", in: folder).status == 0)
            let path = "\(folder)/.opsctl/probes/test.deploy-gate.json"
            let green = try Data(contentsOf: URL(filePath: path))
            try FileManager.default.removeItem(atPath: "\(folder)/store")
            #expect(try await opsctl("probe run", in: folder).status == 1)
            #expect(try Data(contentsOf: URL(filePath: path)) == green)
        }
    }

    @Test func awayFromATerminalAWatcherPrintsChangesOnly() async throws {
        try await withProject(files) { folder async throws in
            let watch = try await opsctl("probe watch --count 3 --interval 100ms --profile deep", in: folder)
            #expect(watch.status == 0, "\(watch.errors)")
            #expect(watch.output.split(separator: "\n").count == 1, "\(watch.output)")
            #expect(!watch.output.contains("\u{1B}"))
        }
    }

    @Test(arguments: [
        ("--exit-style nagios", Int32(2)), ("", 1), ("--format nagios --exit-style nagios", 2),
    ])
    func theExitStyleDecidesTheCode(_ options: String, _ code: Int32) async throws {
        try await withProject(absent) { folder async throws in
            #expect(try await opsctl("probe run \(options)", in: folder).status == code)
        }
    }

    @Test func aWarningPassesUnlessItIsAskedToFail() async throws {
        let warned =
            absent + "    checks: {connect: {severity: warn}, status: {severity: 'off'}, headers: {severity: 'off'}}\n"
        try await withProject(warned + files) { folder async throws in
            let run = try await opsctl("probe run --format json", in: folder)
            #expect(run.output.contains("\"status\":\"warn\""))
            #expect(try await opsctl("probe run files --fail-on warn", in: folder).status == 0)
            #expect(try await opsctl("probe run --fail-on warn", in: folder).status == 1)
        }
    }

    @Test func severalReportsAreWrittenBesideTheOneOnStdout() async throws {
        try await withProject(files) { folder async throws in
            let run = try await opsctl(
                "probe run --format github --out junit=a.xml --out prometheus=b.prom --out sarif=c.sarif", in: folder,
                environment: ["GITHUB_STEP_SUMMARY": "\(folder)/summary.md"])
            #expect(run.status == 0)
            for (name, part) in [("a.xml", "<testsuites"), ("b.prom", "opsctl_run_verdict"), ("c.sarif", "2.1.0")] {
                #expect(try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8).contains(part))
            }
            #expect(try String(contentsOfFile: "\(folder)/summary.md", encoding: .utf8).contains("opsctl probe: pass"))
            let lost = try await opsctl("probe run --out json=absent/x.json", in: folder)
            #expect(lost.status != 0)
            #expect(lost.errors.contains("absent/x.json"))
        }
    }

    @Test(arguments: [
        ("    checks: {conect: {severity: warn}}\n", "did you mean connect?", "6:14"),
        ("    checks: {connect: {fail: 3}}\n", "measures nothing", "6:24"),
        ("    checks: {connect: {severity: loud}}\n", "one of fail, warn, off", "6:24"),
        ("    needs: [wbe]\n", "did you mean web?", "6:13"), ("    needs: [web]\n", "break the circle", "6:5"),
        ("    retry: {attempts: 0}\n", "from 1 to 100", "6:13"),
    ])
    func settingsThatCannotHoldAreRefusedAtTheirPlace(_ line: String, _ words: String, _ place: String) async throws {
        try await withProject(absent + line) { folder async throws in
            let run = try await opsctl("probe run", in: folder)
            #expect(run.status == 78)
            #expect(run.errors.contains(words), "\(run.errors)")
            #expect(run.errors.contains("environments/test.yaml:\(place)"), "\(run.errors)")
        }
    }

    @Test(arguments: [
        ("postgres.tls", "encrypted"), ("web.status", "status"), ("redis.plaintext_refused", "security finding"),
    ])
    func aCheckIsExplainedByItsKindOrItsTarget(_ name: String, _ words: String) async throws {
        try await withProject(absent) { folder async throws in
            let explained = try await opsctl("probe explain \(name)", in: folder)
            #expect(explained.status == 0)
            #expect(explained.output.contains("because:") && explained.output.contains(words))
        }
    }

    @Test func aVerdictCanBeRecordedInTheLedger() async throws {
        try await withProject(files) { folder async throws in
            #expect(try await opsctl("probe run --record", in: folder).status == 0)
            #expect(FileManager.default.fileExists(atPath: "\(folder)/.opsctl/ledger.sqlite"))
        }
    }
}

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
