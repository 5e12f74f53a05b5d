import Foundation
import OpsModel
import Probes
import ProcessClient
import TestSupport
import Testing

@testable import opsctl

/// Every form of output from one report that holds every status, with texts that hold what each form must escape.
@Suite struct ProbeFormatTests {
    private func report(_ checks: [CheckResult], history: [ProbeReport.Attempt] = []) throws -> ProbeReport {
        let encoded = try checks.map { String(decoding: try canonicalJSON($0), as: UTF8.self) }
        let attempts = String(decoding: try canonicalJSON(history), as: UTF8.self)
        let verdict = Verdict(of: checks.map(\.status)).rawValue
        let json = """
            {"schema":1,"environment":"prod","started_at":"2026-11-22T21:00:00.000Z","elapsed_ms":42,"attempts":2,
             "verdict":"\(verdict)","history":\(attempts),
             "targets":[{"name":"db","kind":"postgres","endpoint":"h:5432","place":"environments/prod.yaml:12:5",
             "elapsed_ms":40,"round_trips":6,"checks":[\(encoded.joined(separator: ","))]}]}
            """
        return try decodeCanonicalJSON(ProbeReport.self, from: Data(json.utf8))
    }

    private let pass = CheckResult(
        check: "db.connect", target: "db", status: .pass, observed: "h:5432", expected: "a session")
    private var measured: CheckResult {
        CheckResult(
            check: "db.connections", target: "db", status: .warn, observed: "85 % of 100", expected: "at most 80 %",
            reason: .limit, phase: "query", fix: "close idle sessions",
            measure: Measure(85, unit: "%", direction: .atMost, warn: 80, fail: 95))
    }
    private let failed = CheckResult(
        check: "db.plaintext_refused", target: "db", status: .fail, observed: "a|b # \"c\" <d>\nsecond line: 100%",
        expected: "refused", reason: .accepted, phase: "connect", fix: "hostssl, only")
    private let unknown = CheckResult(
        check: "db.role", target: "db", status: .unknown, observed: "no answer", expected: "primary", reason: .timeout,
        phase: "query", fix: "probe again")
    private let skipped = CheckResult(
        check: "db.write_canary", target: "db", status: .skipped, observed: "not asked for", expected: "nothing")
    private let blocked = CheckResult(
        check: "db.tls", target: "db", status: .blocked, observed: "not looked at", expected: "x",
        blockedBy: "db.connect")

    private func everything() throws -> ProbeReport {
        try report([pass, measured, failed, unknown, skipped, blocked])
    }

    @Test func ndjsonIsOneDocumentALineThatEndsWithTheVerdict() throws {
        let lines = try ProbeFormat.ndjson.document(everything()).split(separator: "\n")
        let objects = try lines.map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(objects.map { $0["type"] as? String } == Array(repeating: "check", count: 6) + ["verdict"])
        #expect(objects.last?["verdict"] as? String == "fail")
    }

    @Test func tapCountsItsLinesAndKeepsDirectivesOutOfTexts() throws {
        let text = try ProbeFormat.tap.document(everything())
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines[0] == "TAP version 14" && lines[1] == "1..6")
        #expect(lines.filter { $0.hasPrefix("ok ") || $0.hasPrefix("not ok ") }.count == 6)
        #expect(lines.contains("not ok 2 - db.connections # TODO warning"))
        #expect(lines.contains("not ok 3 - db.plaintext_refused"))
        #expect(lines.contains("ok 6 - db.tls # SKIP blocked by db.connect"))
        #expect(text.contains(#"got: "a|b # \"c\" <d>; second line: 100%""#))
    }

    @Test func nagiosHasOneBarAndRangesThatAlertOnTheRightSide() throws {
        let text = try ProbeFormat.nagios.document(everything())
        #expect(text.count { $0 == "|" } == 1)
        #expect(text.hasPrefix("OPSCTL CRITICAL - "))
        #expect(text.contains("'db.connections'=85%;~:80;~:95"))
        let days = CheckResult(
            check: "db.certificate_expiry", target: "db", status: .pass, observed: "90 days", expected: "x",
            measure: Measure(90, unit: "d", direction: .atLeast, warn: 21, fail: 3))
        #expect(try ProbeFormat.nagios.document(report([days])).contains("'db.certificate_expiry'=90;21:;3:"))
    }

    @Test func nagiosStatesFollowTheWorstThatWasSeen() throws {
        #expect(Nagios.state(of: try report([pass])) == .ok)
        #expect(Nagios.state(of: try report([pass, measured])) == .warning)
        #expect(Nagios.state(of: try report([pass, unknown])) == .unknown)
        #expect(Nagios.state(of: try report([unknown, failed])) == .critical)
    }

    @Test func prometheusCarriesNoTextAndKeepsTheLastSuccessOfAFailingTarget() throws {
        let good = try ProbeFormat.prometheus.document(report([pass]))
        #expect(
            good.contains("opsctl_target_last_success_timestamp_seconds{environment=\"prod\",target=\"db\"} 1795381200")
        )
        let bad = try ProbeFormat.prometheus.document(everything(), earlier: good)
        #expect(
            bad.contains("opsctl_target_last_success_timestamp_seconds{environment=\"prod\",target=\"db\"} 1795381200"))
        #expect(bad.contains("opsctl_check_status{environment=\"prod\",target=\"db\",check=\"plaintext_refused\"} 2"))
        #expect(bad.contains("check=\"plaintext_refused\",reason=\"accepted\"} 1"))
        #expect(
            bad.contains(
                "opsctl_check_limit{environment=\"prod\",target=\"db\",check=\"connections\",level=\"fail\"} 95"))
        #expect(!bad.contains("second line"))
        let sample = #/^(# (HELP|TYPE) opsctl_.*|opsctl_[a-z_]+\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\} -?[0-9.]+)$/#
        for line in bad.split(separator: "\n") { #expect(String(line).wholeMatch(of: sample) != nil, "\(line)") }
    }

    @Test func githubAnnotationsPointAtTheLineOfTheTargetWithTheWorstFirst() throws {
        let lines = GitHub.annotations(try everything())
        #expect(lines.count == 3)
        #expect(
            lines[0].hasPrefix("::error file=environments/prod.yaml,line=12,col=5,title=db.plaintext_refused::fail: "))
        #expect(lines[0].contains("; second line: 100%25"))
        #expect(lines[2].hasPrefix("::warning "))
        #expect(lines.allSatisfy { !$0.contains("\n") })
        let summary = GitHub.summary(try everything())
        #expect(summary.contains("| fail | db.plaintext_refused | a\\|b"))
    }

    @Test func noMoreThanTenAnnotationsOfALevelAreWritten() throws {
        let many = (1...30).map { number in
            CheckResult(
                check: "db.c\(number)", target: "db", status: .fail, observed: "x", expected: "y", reason: .status)
        }
        #expect(GitHub.annotations(try report(many)).count == 10)
    }

    @Test func sarifHoldsPostureFindingsOnlyWithStableFingerprints() throws {
        let text = try ProbeFormat.sarif.document(everything())
        let root = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let run = try #require((root["runs"] as? [[String: Any]])?.first)
        let results = try #require(run["results"] as? [[String: Any]])
        #expect(results.map { $0["ruleId"] as? String } == ["postgres.plaintext_refused"])
        #expect(text.contains("\"startLine\":12"))
        #expect(text == (try ProbeFormat.sarif.document(everything())))
        let rules = try #require(
            ((run["tool"] as? [String: Any])?["driver"] as? [String: Any])?["rules"] as? [[String: Any]])
        #expect(rules.contains { $0["id"] as? String == "postgres.plaintext_refused" })
        #expect(!rules.contains { $0["id"] as? String == "postgres.connect" })
    }

    @Test func healthNeverCallsWhatCouldNotBeLookedAtHealthy() throws {
        let text = try ProbeFormat.health.document(report([pass, unknown]))
        let root = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(root["status"] as? String == "fail")
        let entry = try #require(((root["checks"] as? [String: Any])?["db:role"] as? [[String: Any]])?.first)
        #expect(entry["output"] as? String == "could not look: no answer")
        #expect(try ProbeFormat.health.document(report([pass])).contains("\"status\":\"pass\""))
        #expect(try ProbeFormat.health.document(report([pass, measured])).contains("\"status\":\"warn\""))
    }

    @Test(arguments: [(CheckStatus.pass, "flakyFailure"), (.fail, "rerunFailure")])
    func junitKeepsEarlierAttemptsInsideOneValidDocument(_ last: CheckStatus, _ element: String) throws {
        var check = failed
        check.status = last
        let first = try decodeCanonicalJSON(
            [ProbeReport.Attempt].self,
            from: Data(
                """
                [{"number":1,"started_at":"2026-11-22T21:00:00.000Z","elapsed_ms":1,"verdict":"fail",
                  "troubles":[\(String(decoding: try canonicalJSON(failed), as: UTF8.self))]}]
                """.utf8))
        let text = try ProbeFormat.junit.document(report([check], history: first))
        #expect(text.contains("<\(element) message="))
        #expect(text.contains("<stackTrace>"))
        #expect(text.count { $0 == "\u{0}" } == 0)
        let parser = XMLScan()
        #expect(parser.isWellFormed(text))
    }

    @Test func textShowsOneLineForAllThatOneCauseBlocks() throws {
        let text = try ProbeFormat.text.document(report([failed, blocked, blocked]))
        #expect(text.contains("2 checks not looked at: db.connect first"))
    }

    @Test func aWatcherReportsTransitionsOnce() throws {
        var board = WatchBoard(profile: .readiness, interval: .seconds(1))
        let start = Date(timeIntervalSince1970: 0)
        #expect(board.take(try report([pass, unknown]), at: start).map(\.check) == ["db.role", "verdict"])
        #expect(board.take(try report([pass, unknown]), at: start).isEmpty)
        var healthy = unknown
        healthy.status = .pass
        let news = board.take(try report([pass, healthy]), at: start + 65)
        #expect(news.map(\.check) == ["db.role", "verdict"])
        #expect(news[0].from == .unknown && news[0].to == .pass)
        #expect(board.screen(height: 24, hasColor: false).contains("2 pass"))
        #expect(
            board.screen(height: 8, hasColor: false).split(separator: "\n", omittingEmptySubsequences: false).count <= 8
        )
    }

    @Test func theRecoveredCheckIsMarked() throws {
        var check = pass
        (check.recovered, check.attempts) = (true, 3)
        #expect(try ProbeFormat.text.document(report([check])).contains("(recovered, look 3)"))
        #expect(try ProbeFormat.tap.document(report([check])).contains("recovered: \"true\""))
    }
}

/// Enough of an XML reader to see that elements nest and entities are known.
private struct XMLScan {
    func isWellFormed(_ text: String) -> Bool {
        var open: [Substring] = []
        for match in text.matches(of: #/<(/?)([A-Za-z]+)([^<>]*?)(/?)>/#) {
            if match.1 == "/" {
                guard open.popLast() == match.2 else { return false }
            } else if match.4 != "/" {
                open.append(match.2)
            }
        }
        let entities = text.matches(of: #/&([a-z]+;)?/#).allSatisfy {
            ["amp;", "lt;", "gt;", "quot;"].contains($0.1 ?? "")
        }
        return open.isEmpty && entities
    }
}

@Suite struct ProbeReportSchemaTests {
    /// Places in `value` that `schema` does not allow: unknown or missing keys, other types, other words.
    private func faults(_ value: Any, _ schema: [String: Any], at path: String = "$") -> [String] {
        if let words = schema["enum"] as? [String] {
            return (value as? String).map(words.contains) == true ? [] : ["\(path) is not one of the words"]
        }
        switch schema["type"] as? String {
        case "object":
            guard let object = value as? [String: Any], let known = schema["properties"] as? [String: [String: Any]]
            else { return ["\(path) is no object"] }
            let missing = (schema["required"] as? [String] ?? []).filter { object[$0] == nil }
            return missing.map { "\(path).\($0) is missing" }
                + object.flatMap { key, value in
                    known[key].map { faults(value, $0, at: "\(path).\(key)") } ?? ["\(path).\(key) is unknown"]
                }
        case "array":
            guard let list = value as? [Any], let items = schema["items"] as? [String: Any] else {
                return ["\(path) is no list"]
            }
            return list.enumerated().flatMap { faults($0.element, items, at: "\(path)[\($0.offset)]") }
        case "string": return value is String ? [] : ["\(path) is no text"]
        case "integer", "number", "boolean": return value is NSNumber ? [] : ["\(path) is no number"]
        default: return []
        }
    }

    @Test func theReportOfARunHasThePublishedForm() async throws {
        let file = """
            version: 1
            protection: ephemeral
            probes:
              - name: web
                retry: {attempts: 2, pause: 10ms}
                http: {url: "http://127.0.0.1:1/"}
              - name: far
                http: {url: "http://absent.invalid/"}
            """
        try await Program.withProject(file) { folder in
            let schema = try await Program.opsctl("schema", "--of", "probe-report", in: folder)
            let run = try await Program.opsctl("probe", "run", "--format", "json", in: folder)
            #expect(run.status == 1)
            let described = try #require(
                try JSONSerialization.jsonObject(with: Data(schema.output.utf8)) as? [String: Any])
            let report = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
            #expect(faults(report, described) == [])
            #expect(faults(["schema": 1, "more": 2], described).contains("$.more is unknown"))
        }
    }
}
