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
