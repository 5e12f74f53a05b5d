import ArgumentParser
import OpsConfiguration
import OpsModel
import StackRendering

struct StackValidate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check an environment's Terraform files with Terraform itself.",
        discussion: """
            Checks that the rendered files are fresh, that environments can live beside each other, that everything is in canonical form, and runs `terraform init` and
            `terraform validate` for each layer, in a scratch copy: nothing is left in the project, no account is touched.

            The AWS provider comes from a CLI configuration (TF_CLI_CONFIG_FILE or ~/.terraformrc) if there is one; else from
            a folder that holds it (OPSCTL_TERRAFORM_MIRROR, Terraform's implied mirrors, TF_PLUGIN_CACHE_DIR, folders
            in /opt, /usr/local/share, /usr/share, /var/lib); else from the registry.

            Examples:
              opsctl stack validate --env production
              opsctl stack validate --env production --format json
              opsctl stack validate --env production --modules     # and every module's own tests, offline

            Exit codes: 0 valid, 1 invalid or stale, 2 inconclusive: no Terraform or no provider, 78 invalid configuration,
            130 interrupted.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: FormatOption
    @Flag(name: .long, help: "Run the tests of the modules too (terraform test, offline).") var modules = false

    func run() async throws {
        let composition = try global.composition()
        let modules = modules
        let report = try await interruptible { try await composition.stackReport(modules: modules) }
        switch output.format {
        case .json: show(String(decoding: try canonicalJSON(report), as: UTF8.self))
        case .text: show(report.text(hasColor: resultHasColor))
        }
        let status = ExitStatus(report.verdict)
        if status != .pass { throw status }
    }
}

extension Composition {
    fileprivate func stackReport(modules: Bool) async throws -> StackReport {
        let folders = StackFolders(project)
        let start = ContinuousClock.now
        let render = StackCheck.render(
            try renderPlan(), folder: folders.displayRendered, environment: folders.environment
        ).taking(start.duration(to: .now))
        let validator = StackValidator(
            stacks: folders.root, display: folders.display, environment: folders.environment,
            layers: try StackSettings(project).layers, includesModules: modules,
            variables: project.variables, tell: Story.standard.tell)
        return StackReport(
            environment: folders.environment, checks: [render, try environmentRules()] + (try await validator.checks()))
    }
}

extension Composition {
    /// Whether the environments of the project can live beside each other.
    fileprivate func environmentRules() throws -> StackCheck {
        let start = ContinuousClock.now
        let members = try project.environmentNames().compactMap { name -> EnvironmentRules.Member? in
            let other =
                name == project.environmentName
                ? project : try Project(folder: project.folder, environmentName: name, variables: project.variables)
            guard other.environmentFile.root["stack"] != nil else { return nil }
            return EnvironmentRules.Member(
                try StackSettings(other), protection: Protection(rawValue: other.protection) ?? .critical)
        }
        let findings = EnvironmentRules(members).findings(about: project.environmentName)
        let check = StackCheck(
            "environments", findings.isEmpty ? .pass : .fail,
            findings.isEmpty ? "\(members.count) environments with stacks" : "\(findings.count) rules are broken",
            findings: findings)
        return check.taking(start.duration(to: .now))
    }
}

struct StackReport: Encodable {
    let schema = 1
    let environment: String
    let verdict: Verdict
    let checks: [StackCheck]

    init(environment: String, checks: [StackCheck]) {
        (self.environment, self.checks) = (environment, checks)
        let verdicts = checks.map(\.verdict)
        verdict = verdicts.contains(.fail) ? .fail : verdicts.contains(.inconclusive) ? .inconclusive : .pass
    }

    func text(hasColor: Bool) -> String {
        var table = TextTable()
        for check in checks {
            let color: Color = check.verdict == .pass ? .green : check.verdict == .fail ? .red : .yellow
            let seconds = Duration.milliseconds(check.elapsedMilliseconds).text
            table.add([color.paint(check.verdict.rawValue, isOn: hasColor), check.name, check.observed, seconds])
        }
        let passed = checks.count { $0.verdict == .pass }
        let summary = "\(verdict.rawValue): \(passed) of \(checks.count) checks of the stacks of \(environment)"
        return ([table.text] + checks.compactMap(details) + [summary]).joined(separator: "\n\n")
    }

    private func details(_ check: StackCheck) -> String? {
        guard check.verdict != .pass || !check.findings.isEmpty else { return nil }
        let lines = check.findings.flatMap { finding in
            ["  \(finding.place): \(finding.severity.rawValue): \(finding.what)"]
                + (finding.why.isEmpty ? [] : ["    \(finding.why)"])
        }
        return (["\(check.name): \(check.observed)"] + lines + (check.fix.map { ["  fix: \($0)"] } ?? []))
            .joined(separator: "\n")
    }
}
