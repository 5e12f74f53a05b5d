import ArgumentParser
import OpsModel

struct EnvValidate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check that every variable is there, of its type, and strong enough.",
        discussion: """
            Secrets need at least 256 bits, must not be a known default and must not repeat; URLs are parsed and judged
            (sslmode, default passwords), and a probe that says ${app:NAME} looks with exactly the value that was judged.
            Values are never printed: ten digits of the SHA-256 stand for a secret that cannot be guessed.

            Examples:
              opsctl env validate
              opsctl env validate --env production --format json

            Exit codes: 0 all pass, 1 a variable fails, 2 one could not be compared, 78 the environment file is invalid.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: FormatOption

    func run() async throws {
        let composition = try global.composition()
        let report = EnvironmentReport(
            environment: composition.project.environmentName, checks: try composition.environmentChecks())
        switch output.format {
        case .text: show(report.text(hasColor: resultHasColor))
        case .json: show(String(decoding: try canonicalJSON(report), as: UTF8.self))
        }
        let status = ExitStatus(report.verdict)
        if status != .pass { throw status }
    }
}

struct EnvironmentReport: Encodable {
    let schema = 1
    let environment: String
    let verdict: Verdict
    let checks: [CheckResult]

    init(environment: String, checks: [CheckResult]) {
        (self.environment, self.checks, verdict) = (environment, checks, Verdict(of: checks.map(\.status)))
    }

    func text(hasColor: Bool) -> String {
        var table = TextTable()
        for check in checks {
            table.add([
                check.status.painted(hasColor), String(check.check.dropFirst("environment.".count)),
                check.observed,
            ])
        }
        let faults = checks.filter { ![.pass, .skipped].contains($0.status) }.map { check in
            "\(check.check)\n  observed: \(check.observed)\n  expected: \(check.expected)\n  fix:      \(check.fix ?? "")"
        }
        let summary =
            "\(verdict.rawValue): \(checks.count - faults.count) of \(checks.count) rules hold in \(environment)"
        return ([table.text] + faults + [summary]).joined(separator: "\n\n")
    }
}
