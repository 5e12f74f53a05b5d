import Deploy
import Foundation
import HTTPClient
import Ledger
import OpsConfiguration
import OpsModel
import Probes
import ProcessClient

/// Wires the layers for one environment: the only place that knows all of them.
struct Composition: Sendable {
    let project: Project

    init(projectFolder: String?, environmentName: String?) throws {
        project = try Project(
            folder: projectFolder, environmentName: environmentName, variables: programEnvironment)
    }

    func probeTargets(only names: [String] = [], profile: ProbeProfile = .deployGate) throws -> [ProbeTarget] {
        let stack = try StackTargets(project)
        let hasOwn = project.environmentFile.root["probes"] != nil
        let elements = hasOwn || stack == nil ? try project.section("probes").elements : []
        let own = try elements.map { try ProbeTarget($0, project: project, profile: profile) }
        try refuseImpossibleNeeds(elements, own)
        let repeated = Dictionary(grouping: elements) { $0.required("name").string }.first {
            $0.value.count > 1
        }
        if let second = repeated?.value.last {
            throw ConfigurationError([
                second.problem(
                    "the name `\(second.required("name").string)` is there twice",
                    fix: "give each target a name of its own")
            ])
        }
        for element in elements { try refuseOddName(element.required("name")) }
        let bound = zip(elements, own).compactMap { StackBinding($0, $1) }
        let targets =
            try own
            + (stack?.probes(project: project, profile: profile, bound: bound)
                ?? bound.map { $0.unknown(project: project, profile: profile) })
        let unknown = names.filter { name in !targets.contains { $0.name == name } }
        guard unknown.isEmpty else {
            let known = targets.map(\.name)
            let nearest = nearestName(to: unknown[0], among: known)
            throw ConfigurationError([
                (project.environmentFile.root["probes"] ?? project.environmentFile.root).problem(
                    "there is no target `\(unknown[0])`",
                    fix: nearest.map { "did you mean \($0)?" } ?? "targets here: \(known.joined(separator: ", "))")
            ])
        }
        return names.isEmpty ? targets : targets.filter { names.contains($0.name) }
    }

    /// Names stand in reports, labels and check names; two are taken by what every report may hold.
    private func refuseOddName(_ name: ConfigurationValue) throws {
        guard name.string.wholeMatch(of: #/[A-Za-z0-9][A-Za-z0-9._-]{0,62}/#) != nil else {
            throw ConfigurationError([
                name.problem(
                    "it is no name for a target", fix: "use letters, digits, `.`, `_` and `-`, 63 at most")
            ])
        }
        guard !["names", "environment"].contains(name.string), !name.string.hasPrefix("stack.") else {
            throw ConfigurationError([
                name.problem("`\(name.string)` is taken by every report", fix: "choose another name")
            ])
        }
    }

    /// A target can only need targets that are there, and not itself, not even through others.
    private func refuseImpossibleNeeds(_ elements: [ConfigurationValue], _ targets: [ProbeTarget]) throws {
        let needs = Dictionary(targets.map { ($0.name, $0.needs) }, uniquingKeysWith: { first, _ in first })
        for element in elements {
            let name = element.required("name").string
            for need in element["needs"]?.elements ?? [] {
                guard needs[need.string] != nil else {
                    let nearest = nearestName(to: need.string, among: Array(needs.keys))
                    throw ConfigurationError([
                        need.problem(
                            "there is no target `\(need.string)`",
                            fix: nearest.map { "did you mean \($0)?" } ?? "name a target of this file")
                    ])
                }
            }
            var reached: Set<String> = []
            var next = needs[name] ?? []
            while let need = next.popLast() {
                if reached.insert(need).inserted { next += needs[need] ?? [] }
            }
            if reached.contains(name), let place = element["needs"] {
                throw ConfigurationError([
                    place.problem("`\(name)` needs itself, through its needs", fix: "break the circle")
                ])
            }
        }
    }

    func probeRun(only names: [String] = [], profile: ProbeProfile = .deployGate) throws -> ProbeRun {
        ProbeRun(
            environment: project.environmentName, targets: try probeTargets(only: names, profile: profile))
    }

    /// What a run of these targets also judges. Production's secrets are where it is deployed from, not where somebody looks for a
    /// cause; and who names targets wants to see those.
    func judgedVariables(only names: [String], profile: ProbeProfile) throws -> [CheckResult] {
        let isAsked = names.isEmpty && [.deployGate, .deep].contains(profile)
        return isAsked && project.environmentFile.root["app"] != nil ? try environmentChecks() : []
    }

    func environmentChecks() throws -> [CheckResult] {
        EnvironmentJudge(isStrict: project.isStrict, context: try EnvironmentContext(project)).judge(
            try EnvironmentVariable.all(of: project))
    }

    func ledger() async throws -> Ledger { try await project.ledgerPlace().open() }

    /// - Parameter isGated: false for the way back, which must not need a probe's secret or a smoke file.
    func rolloutStage(isGated: Bool = true) async throws -> RolloutStage {
        let deploy = try project.section("deploy")
        let gates: [(any Gate)?] =
            isGated
            ? [
                try FreezeGate(deploy), CapacityGate(deploy, project: project), EnvironmentGate(composition: self),
                ProbeGate(run: try probeRun()),
            ] : []
        var stage = RolloutStage(
            settings: try DeploySettings(project, readsSmoke: isGated), router: try router(), runner: try runner(),
            gates: gates.compactMap(\.self), ledger: try await ledger(), http: HTTPClient())
        try addSources(to: &stage, deploy)
        stage.watchdog = WatchdogProcess(project: project)
        stage.evidenceFolder = project.absolute(".opsctl/deploys")
        return stage
    }
}

extension Composition {
    /// What a candidate is judged by beside the router's counters.
    private func addSources(to stage: inout RolloutStage, _ deploy: ConfigurationValue) throws {
        if let prometheus = deploy["analysis"]?["prometheus"] {
            func query(_ name: String) -> String {
                prometheus.required(name).string.replacing("${slot:color}", with: "${slot}")
            }
            stage.meter = PrometheusMeter(
                url: prometheus.required("url").string,
                queries: .init(requests: query("requests"), errors: query("errors")), http: HTTPClient())
        }
        guard let haproxy = deploy.required("router")["haproxy"], let log = haproxy["latency_log"],
            stage.settings.analysis.latency != nil
        else { return }
        // Whoever owns the runtime socket is who HAProxy runs as.
        let owner =
            try FileManager.default.attributesOfItem(
                atPath: project.absolute(haproxy.required("socket").string))[.ownerAccountID] as? NSNumber
        stage.latencyLog = LatencyLog(
            path: project.absolute(log.string), owner: owner?.uint32Value,
            sample: deploy["analysis"]?["latency_sample"]?.integer ?? 1000)
    }
}

/// The deploy's view of the probes.
private struct ProbeGate: Gate {
    let name = "probes"
    let run: ProbeRun

    func judge() async -> GateResult {
        let report = await run.once()
        let troubles = report.checks.filter { $0.status == .fail || $0.status == .unknown }
        guard let first = troubles.first else {
            return GateResult(report.verdict, "\(report.checks.count) checks in \(report.elapsedMilliseconds) ms")
        }
        return GateResult(
            report.verdict,
            "\(first.check): \(first.observed)\(troubles.count > 1 ? " (and \(troubles.count - 1) more)" : "")")
    }
}

/// The deploy's view of `env validate`.
private struct EnvironmentGate: Gate {
    let name = "environment"
    let composition: Composition

    func judge() async -> GateResult {
        do {
            let checks = try composition.environmentChecks()
            let verdict = Verdict(of: checks.map(\.status))
            guard let bad = checks.first(where: { [.fail, .unknown, .blocked].contains($0.status) }) else {
                return GateResult(verdict, "\(checks.count) variables")
            }
            return GateResult(verdict, "\(bad.check): \(bad.observed)")
        } catch {
            return GateResult(.inconclusive, (error as? any DiagnosableError)?.diagnostic.why ?? "\(error)")
        }
    }
}
