import Deploy
import Foundation
import Ledger
import OpsModel
import StackRendering

/// The effects of `stack apply`: gate, leases, apply, outputs.
struct StackApplying: Sendable {
    let composition: Composition
    let consent: ApplyGate.Consent
    let isAgreed: Bool
    let format: OutputFormat

    func apply(_ id: String, dryRun: Bool) async throws {
        let session = try await composition.stackSession()
        let manifest = try session.store.read(id)
        try await gate(manifest, session)
        if dryRun {
            let layers = manifest.applicable.map(\.layer.rawValue).joined(separator: ", ")
            show(layers.isEmpty ? "nothing to apply" : "would apply \(layers)")
            return
        }
        let (report, _) = try await carryOut(manifest, session)
        try print(report)
        try leave(report)
    }

    /// Plans what can be planned exactly, applies it, and goes on until a plan leaves nothing to do.
    func applyAllWaves() async throws {
        let session = try await composition.stackSession()
        var layers = try session.layers(named: [])
        var reports: [ApplyReport] = []
        for _ in 0...session.settings.graph.waves.count {
            let (manifest, _) = try await composition.planBundle(session, layers)
            guard manifest.failed.isEmpty, !manifest.applicable.isEmpty || manifest.policy != .pass else {
                return try finish(reports, manifest)
            }
            try await gate(manifest, session)
            let (report, _) = try await carryOut(manifest, session)
            try print(report)
            try leave(report)
            reports.append(report)
            // Each applied layer was planned again and left nothing to do.
            layers = Set(report.left)
            if layers.isEmpty { return Story.standard.tell("everything is applied, and a plan is empty") }
        }
        throw RefusedError(
            Diagnostic(
                "stack.endless", what: "the layers do not come to rest", place: session.settings.environment,
                why: "after \(reports.count) rounds there is still something to apply",
                fix: "opsctl stack plan, and look why"))
    }

    private func finish(_ reports: [ApplyReport], _ manifest: PlanManifest) throws {
        if let failed = manifest.failed.first {
            throw RefusedError(
                Diagnostic(
                    "stack.not_planned", what: "\(failed.layer.rawValue) could not be planned",
                    place: manifest.environment, why: failed.why ?? "",
                    fix: "opsctl stack plan --env \(manifest.environment)"))
        }
        Story.standard.tell(reports.isEmpty ? "nothing to apply" : "everything is applied, and a plan is empty")
    }

    /// - Throws: the exit status of the first refusal, after all of them were told.
    private func gate(_ manifest: PlanManifest, _ session: StackSession) async throws {
        try agree(manifest, session)
        let ledger = try await composition.ledger()
        var present = ApplyGate.Present(
            now: Date(), settings: session.settings, endpoint: session.endpoint, digests: session.digests)
        present.tampered = try session.store.tampered(manifest)
        present.swallowed = try session.store.swallowedDrift(manifest)
        present.openDeploys = try await DeployHistory.read(
            ledger, environment: session.settings.environment, verifying: false
        ).open.filter { !$0.isCommitted }.map(\.id)
        present.openApply = try await ApplyJournal(ledger: ledger, environment: session.settings.environment)
            .openApply()
        present.stillRunning = try present.openApply.map { try session.store.stillRunning($0) } ?? []
        let refusals = ApplyGate(manifest, present: present, consent: consent).refusals
        guard !refusals.isEmpty else { return }
        Story.standard.report(
            refusals.map {
                Diagnostic(
                    "stack.\($0.reason)", what: "the plan is not applied", place: manifest.id, why: $0.why, fix: $0.fix)
            })
        throw refusals.contains(where: \.isTampering) ? ExitStatus.tampered : .refused
    }

    /// Whether somebody has said yes, and whether a critical environment may lose something now.
    private func agree(_ manifest: PlanManifest, _ session: StackSession) throws {
        let protection = composition.project.protection
        guard protection != "ephemeral" else { return }
        guard isAgreed else {
            throw RefusedError(
                Diagnostic(
                    "stack.needs_yes", what: "the plan is not applied", place: "environment \(manifest.environment)",
                    why: "it is \(protection), and nobody has said yes", fix: "read the plan, then add --yes"))
        }
        let lost = manifest.applicable.compactMap(\.summary).flatMap(\.items).filter(\.isLoss)
        let rule = DisturbanceRule(
            protection: protection, windows: try MaintenanceWindow.all(of: composition.project))
        guard protection == "critical", !lost.isEmpty, !rule.hasOpenWindow(Date()) else { return }
        throw RefusedError(
            Diagnostic(
                "stack.outside_window", what: "the plan is not applied", place: "environment \(manifest.environment)",
                why:
                    "it replaces or destroys \(lost.map(\.address).joined(separator: ", ")), and no maintenance window is open",
                fix: "agree on one and add it: maintenance: [{from: …, until: …, why: …}]"))
    }

    /// Under the leases of stack and deploys: neither begins while the other is under way.
    private func carryOut(
        _ manifest: PlanManifest, _ session: StackSession
    ) async throws -> (ApplyReport, StackOutputs?) {
        let ledger = try await composition.ledger()
        let environment = session.settings.environment
        return try await ledger.holding(["stack/\(environment)", "deploy/\(environment)"]) { leases in
            let journal = ApplyJournal(ledger: ledger, environment: environment)
            let applier = StackApplier(
                settings: session.settings, store: session.store, runs: session.runs, journal: journal,
                tell: Story.standard.tell)
            let report = try await applier.apply(manifest) { for lease in leases { try await ledger.confirm(lease) } }
            return (report, try await keepOutputs(session))
        }
    }

    /// What was applied stays applied: outputs that cannot be read now are told, and fetched later.
    private func keepOutputs(_ session: StackSession) async throws -> StackOutputs? {
        do {
            let (outputs, targets) = try await session.keepOutputs()
            Story.standard.tell(
                "outputs of \(outputs.layers.count) layers and \(targets.targets.count) probe targets are kept")
            return outputs
        } catch let error as any DiagnosableError {
            Story.standard.report([error.diagnostic])
            Story.standard.tell(
                "outputs were not kept; later: opsctl stack outputs --env \(session.settings.environment)")
            return nil
        }
    }

    private func print(_ report: ApplyReport) throws {
        switch format {
        case .json: show(String(decoding: try canonicalJSON(report), as: UTF8.self))
        case .text: show(report.text(hasColor: resultHasColor))
        }
    }

    private func leave(_ report: ApplyReport) throws {
        switch report.verdict {
        case .pass:
            if !report.left.isEmpty {
                Story.standard.tell("next: opsctl stack plan --env \(report.environment)")
            } else {
                Story.standard.tell("next: opsctl probe run --env \(report.environment)")
            }
        case .fail: throw ExitStatus.negative
        case .inconclusive: throw ExitStatus.needsOperator
        }
    }
}

extension Ledger {
    /// Holds leases for the length of `body`; taken in the order given, returned in the reverse one.
    fileprivate func holding<Value: Sendable>(
        _ names: [String], _ body: ([Lease]) async throws -> Value
    ) async throws -> Value {
        var leases: [Lease] = []
        let result: Result<Value, any Error>
        do {
            for name in names {
                leases.append(try await acquireLease(name, as: try Rollout.me(), isAlive: Rollout.isAlive))
            }
            result = .success(try await body(leases))
        } catch {
            result = .failure(error)
        }
        let held = leases
        // A task of its own: an interrupted run gives its leases back too.
        try await Task { for lease in held.reversed() { try await release(lease) } }.value
        return try result.get()
    }
}

extension ApplyReport {
    func text(hasColor: Bool) -> String {
        var table = TextTable()
        for layer in layers {
            let color: Color = layer.outcome == .applied ? .green : layer.outcome == .notRun ? .yellow : .red
            let counts = "+\(layer.added) ~\(layer.changed) -\(layer.removed)"
            table.add([
                color.paint(layer.outcome.text, isOn: hasColor), layer.layer.rawValue, counts,
                Duration.milliseconds(layer.elapsedMilliseconds).text,
            ])
        }
        let details = layers.compactMap { layer in
            layer.why.map { "\(layer.layer.rawValue): \($0)" + layer.remaining.map { "\n  \($0)" }.joined() }
        }
        let rest = left.isEmpty ? [] : ["left to plan again: \(left.map(\.rawValue).joined(separator: ", "))"]
        return ([table.text] + details + rest).filter { !$0.isEmpty }.joined(separator: "\n")
    }
}
