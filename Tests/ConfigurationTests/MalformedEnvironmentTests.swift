import OpsConfiguration
import OpsModel
import Testing

/// Environment files as people break them. Each error names file, line, key and cause.
@Suite struct MalformedEnvironmentTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        let body: String
        let line: Int
        let key: String
        let cause: String
        var testDescription: String { cause }

        init(_ line: Int, _ key: String, _ cause: String, _ body: String) {
            (self.line, self.key, self.cause, self.body) = (line, key, cause, body)
        }
    }

    /// Line 1 and 2 are `version` and `protection`, unless the text says otherwise.
    static let faults: [Fault] = [
        Fault(3, "probs", "unknown key `probs`", "probs: []"),
        Fault(3, "probes", "the list is empty", "probes: []"),
        Fault(3, "probes", "expected a list, found a mapping", "probes: {name: x}"),
        Fault(3, "probes", "expected a list, found `database`", "probes: database"),
        Fault(3, "probes", "expected a list, found nothing", "probes:"),
        Fault(4, "probes[0]", "expected a mapping, found `database`", "probes:\n  - database"),
        Fault(4, "probes[0]", "the key `name` is missing", "probes:\n  - http: {url: u}"),
        Fault(4, "probes[0]", "none of", "probes:\n  - name: a"),
        Fault(4, "probes[0]", "exclude each other", "probes:\n  - name: a\n    http: {url: u}\n    redis: {url: r}"),
        Fault(5, "probes[0].http", "the key `url` is missing", "probes:\n  - name: a\n    http: {within: 1s}"),
        Fault(5, "probes[0].http.ulr", "unknown key `ulr`", "probes:\n  - name: a\n    http: {ulr: u, url: u}"),
        Fault(
            5, "probes[0].http.within", "expected a duration", "probes:\n  - name: a\n    http: {url: u, within: 5}"),
        Fault(
            5, "probes[0].timeout", "expected a duration",
            "probes:\n  - name: a\n    timeout: fast\n    http: {url: u}"),
        Fault(
            5, "probes[0].retry.attempts", "from 1 to 100",
            "probes:\n  - name: a\n    retry: {attempts: 101}\n    http: {url: u}"),
        Fault(
            5, "probes[0].retry", "the key `attempts` is missing",
            "probes:\n  - name: a\n    retry: {pause: 1s}\n    http: {url: u}"),
        Fault(
            5, "probes[0].retry.pause", "at least 10ms",
            "probes:\n  - name: a\n    retry: {attempts: 2, pause: 1ms}\n    http: {url: u}"),
        Fault(
            5, "probes[0].checks.status.severity", "is not one of fail, warn, off",
            "probes:\n  - name: a\n    checks: {status: {severity: error}}\n    http: {url: u}"),
        Fault(
            5, "probes[0].checks.status.warn", "expected a number",
            "probes:\n  - name: a\n    checks: {status: {warn: many}}\n    http: {url: u}"),
        Fault(
            5, "probes[0].checks", "the mapping is empty", "probes:\n  - name: a\n    checks: {}\n    http: {url: u}"),
        Fault(
            5, "probes[0].needs", "the list is empty", "probes:\n  - name: a\n    needs: []\n    http: {url: u}"),
        Fault(
            5, "probes[0].postgres.role", "is not one of primary, replica",
            "probes:\n  - name: a\n    postgres: {url: u, role: master}"),
        Fault(
            5, "probes[0].postgres.canary", "expected true or false",
            "probes:\n  - name: a\n    postgres: {url: u, canary: yes}"),
        Fault(
            5, "probes[0].postgres.url", "expected a secret, found a list",
            "probes:\n  - name: a\n    postgres: {url: [u]}"),
        Fault(
            5, "probes[0].redis.role", "is not one of master, replica",
            "probes:\n  - name: a\n    redis: {url: u, role: slave}"),
        Fault(5, "probes[0].bucket", "none of", "probes:\n  - name: a\n    bucket: {canary_prefix: x}"),
        Fault(
            5, "probes[0].bucket.s3", "the key `region` is missing",
            "probes:\n  - name: a\n    bucket: {s3: {endpoint: e, bucket: b, access_key: a, secret_key: s}}"),
        Fault(3, "app", "none of artifact, image is there", "app:\n  environment: {A: {value: x}}"),
        Fault(5, "app.environment", "the mapping is empty", "app:\n  artifact: a\n  environment: {}"),
        Fault(
            5, "app.environment.A", "expected a mapping, found `x`", "app:\n  artifact: a\n  environment: {A: x}"),
        Fault(
            5, "app.environment.A", "the key `value` is missing",
            "app:\n  artifact: a\n  environment: {A: {type: secret}}"),
        Fault(
            5, "app.environment.A.type", "is not one of",
            "app:\n  artifact: a\n  environment: {A: {value: x, type: int}}"),
        Fault(
            5, "app.environment.A", "needs `choices`",
            "app:\n  artifact: a\n  environment: {A: {value: x, type: choice}}"),
        Fault(
            5, "app.environment.A.minimum_bits", "from 0 to 4096",
            "app:\n  artifact: a\n  environment: {A: {value: x, type: secret, minimum_bits: strong}}"),
        Fault(
            5, "app.environment.A.value", "there is no slot `prot`",
            "app:\n  artifact: a\n  environment: {A: {value: \"${slot:prot}\"}}"),
        Fault(
            5, "app.environment.A.value", "${capture:x} has no value here",
            "app:\n  artifact: a\n  environment: {A: {value: \"${capture:x}\"}}"),
        Fault(3, "deploy", "the key `router` is missing", "deploy:\n  slots: {blue: {port: 1}, green: {port: 2}}"),
        Fault(
            4, "deploy.slots", "the key `green` is missing",
            "deploy:\n  slots: {blue: {port: 1}}\n  router: {haproxy: {socket: s, map: m, url: u, preview_token: t}}"),
        Fault(
            4, "deploy.slots.blue.port", "from 1 to 65535",
            "deploy:\n  slots: {blue: {port: 0}, green: {port: 2}}\n  router: {haproxy: {socket: s, map: m, url: u, preview_token: t}}"
        ),
        Fault(3, "protection", "is there twice", "protection: critical"),
        Fault(5, "", "did not find expected", "probes:\n  - {name: a"),
        Fault(3, "", "found a tab character that violates indentation", "\tprobes: []"),
        Fault(4, "", "mapping values are not allowed", "app:\n  artifact: a: b"),
        Fault(3, "", "found undefined alias", "probes: *targets"),
    ]

    @Test(arguments: faults) func anErrorNamesFileLineKeyAndCause(_ fault: Fault) throws {
        let problem = try #require(problems("version: 1\nprotection: ephemeral\n\(fault.body)\n").first)
        let place = problem.place.split(separator: ":").map(String.init)
        #expect(place.count == 3 && place[0] == "environments/x.yaml", "\(problem.place)")
        #expect(place[1] == String(fault.line), "\(problem)")
        #expect(problem.keyPath == fault.key)
        #expect(problem.why.contains(fault.cause), "\(problem.why)")
        #expect(!problem.fix.isEmpty)
    }

    @Test(arguments: [
        ("protection: ephemeral\n", "", "the key `version` is missing"),
        ("version: 2\nprotection: ephemeral\n", "version", "from 1 to 1"),
        ("version: 1\nprotection: prod\n", "protection", "is not one of ephemeral, standard, critical"),
        ("version: 1\n", "", "the key `protection` is missing"), ("", "", "the file is empty"),
    ])
    func theHeadOfTheFileIsChecked(_ text: String, _ key: String, _ cause: String) throws {
        let problem = try #require(problems(text).first)
        #expect(problem.keyPath == key)
        #expect(problem.why.contains(cause), "\(problem.why)")
    }

    @Test func aFileOfManyAliasesIsRefusedAtOnce() {
        let levels = (1...20).map { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1), *a\($0 - 1), *a\($0 - 1)]" }
        let bomb = "version: 1\nprotection: ephemeral\na0: &a0 [x, x, x, x]\n" + levels.joined(separator: "\n")
        let start = ContinuousClock.now
        #expect(!problems(bomb).isEmpty)
        // Expanding it takes 4^20 steps; a second is far beyond reading 21 lines and far below that.
        #expect(ContinuousClock.now - start < .seconds(1))
    }

    private func problems(_ text: String) -> [ConfigurationProblem] {
        do {
            _ = try ConfigurationFile(
                text: text, path: "/p/environments/x.yaml", displayPath: "environments/x.yaml", shape: .environment)
            return []
        } catch { return error.problems }
    }
}
