import Foundation
import OpsModel

/// Carries out a bundle: exactly its plan files, wave by wave; the first failure ends it, after what runs beside it.
package struct StackApplier: Sendable {
    let settings: StackSettings
    let store: PlanStore
    let runs: LayerRuns
    let journal: ApplyJournal
    let tell: @Sendable (String) -> Void

    package init(
        settings: StackSettings, store: PlanStore, runs: LayerRuns, journal: ApplyJournal,
        tell: @escaping @Sendable (String) -> Void
    ) {
        (self.settings, self.store, self.runs) = (settings, store, runs)
        (self.journal, self.tell) = (journal, tell)
    }

    /// - Parameter isHeld: throws when this run no longer has the lock of the environment.
    package func apply(
        _ manifest: PlanManifest, by: String, consent: [String], isHeld: @escaping @Sendable () async throws -> Void
    ) async throws -> ApplyReport {
        let layers = manifest.applicable
        try await journal.open(.init(plan: manifest.id, layers: layers.map(\.layer), by: by, consent: consent))
        var reports: [LayerApplyReport] = []
        for wave in Dictionary(grouping: layers, by: \.wave).sorted(by: { $0.key < $1.key }).map(\.value) {
            if let stop = reports.first(where: { $0.outcome != .applied }) {
                reports += wave.map { LayerApplyReport($0.layer, .notRun, why: "\(stop.layer.rawValue) went wrong") }
                continue
            }
            reports += await inParallel(wave.map(\.layer), isWaiting: true) { layer in
                guard let entry = wave.first(where: { $0.layer == layer }) else { preconditionFailure("of this wave") }
                return await apply(entry, of: manifest, isHeld: isHeld)
            }
        }
        let report = ApplyReport(
            environment: settings.environment, plan: manifest.id, layers: reports,
            left: manifest.previews.map(\.layer))
        // Left open where an operator has to look: the next run says so.
        if report.verdict != .inconclusive {
            let closed = ApplyJournal.Closed(
                plan: manifest.id, verdict: report.verdict, why: reports.lazy.compactMap(\.why).first)
            try await Task { [journal] in try await journal.close(closed) }.value
        }
        return report
    }

    private func apply(
        _ entry: PlanManifest.Layer, of manifest: PlanManifest, isHeld: @Sendable () async throws -> Void
    ) async -> LayerApplyReport {
        let start = ContinuousClock.now
        var report: LayerApplyReport
        do {
            try await isHeld()
            report = try await perform(entry, of: manifest)
        } catch {
            // Whatever is thrown is thrown before the intent is recorded.
            report = LayerApplyReport(entry.layer, .notRun, why: reason(error))
        }
        report.elapsedMilliseconds = start.duration(to: .now).milliseconds
        tell(
            "\(entry.layer.rawValue): \(report.outcome.text) after \(Duration.milliseconds(report.elapsedMilliseconds).text)"
        )
        return report
    }

    private func perform(_ entry: PlanManifest.Layer, of manifest: PlanManifest) async throws -> LayerApplyReport {
        let layer = entry.layer
        guard !Task.isCancelled else { return LayerApplyReport(layer, .notRun, why: "interrupted") }
        let run = try await runs.ready(layer)
        guard let values = try await upstream(of: layer), digest(try canonicalJSON(values)) == entry.upstreamDigest
        else {
            return LayerApplyReport(
                layer, .notRun, why: "values from other layers have changed since it was planned: plan it again")
        }
        try run.take(values)
        if let file = try store.tampered(manifest, only: layer).first {
            return LayerApplyReport(layer, .notRun, why: "\(file.file) is not what was planned: \(file.why)")
        }
        let folder = store.path(of: manifest.id)
        try await journal.begin(.init(plan: manifest.id, layer: layer))
        tell("\(layer.rawValue): applying")
        let apply = TerraformApply(run: run, folder: folder, name: "\(layer.rawValue).apply")
        let ending = await ending(of: apply, ["-lock-timeout=10s", "\(folder)/\(layer.rawValue).tfplan"])
        await runs.changed(layer)
        var report = LayerApplyReport(layer, ending)
        if case .applied = ending {
            report = await settled(report, run, folder)
            do { try store.forgetPlan(of: layer, manifest.id) } catch { tell("\(layer.rawValue): \(reason(error))") }
        }
        do { try await end(report, of: manifest) } catch {
            return LayerApplyReport(layer, .indeterminate, why: "its end could not be recorded: \(reason(error))")
        }
        return report
    }

    /// The intent is recorded: from here on nobody may say that nothing was begun.
    private func ending(of apply: TerraformApply, _ arguments: [String]) async -> TerraformApply.Ending {
        let layer = apply.run.layer.rawValue
        do {
            return try await apply.perform(arguments) { event in
                if let line = event.text { tell("\(layer): \(line)") }
            }
        } catch {
            return .unknown(why: "terraform could not be started: \(reason(error))")
        }
    }

    private func reason(_ error: any Error) -> String {
        (error as? any DiagnosableError)?.diagnostic.why ?? (error is CancellationError ? "interrupted" : "\(error)")
    }

    /// Recorded in a cancelled task too.
    private func end(_ report: LayerApplyReport, of manifest: PlanManifest) async throws {
        let ended = ApplyJournal.Ended(
            plan: manifest.id, layer: report.layer, outcome: report.outcome, why: report.why)
        try await Task { [journal] in try await journal.end(ended) }.value
    }

    /// Writes what the providers filled in into the state, then plans once more: nothing may be left to do.
    private func settled(_ report: LayerApplyReport, _ run: LayerRun, _ folder: String) async -> LayerApplyReport {
        var report = report
        guard !Task.isCancelled else { return report.unsettled(why: "interrupted before it was looked at again") }
        do {
            let settle = TerraformApply(run: run, folder: folder, name: "\(report.layer.rawValue).settle")
            let ending = try await settle.perform(["-refresh-only", "-auto-approve", "-lock-timeout=10s"]) { _ in }
            switch ending {
            case .applied: break
            case .failed(let why), .unknown(let why): return report.unsettled(why: "reading it again failed: \(why)")
            }
            let file = "\(folder)/\(report.layer.rawValue).after.tfplan"
            defer { unlink(file) }
            try await run.plan(to: file)
            let summary = PlanSummary(
                try PlanDocument(json: try await run.show(file)), layer: report.layer.rawValue)
            guard !summary.isEmpty else { return report }
            report.remaining = summary.items.map(\.address) + summary.outputs.map { "output.\($0.name)" }
            return report.unsettled(why: "a plan right after it is not empty")
        } catch {
            return report.unsettled(why: "could not look at it again: \(reason(error))")
        }
    }

    /// What other layers give this one now; nil when one gives nothing.
    private func upstream(of layer: StackLayer) async throws -> [String: PlainJSON]? {
        var values: [String: PlainJSON] = [:]
        for input in layer.inputs {
            let outputs = try await runs.outputs(of: input.layer)
            guard let value = outputs[input.name]?.value, let members = input.cut(value) else { return nil }
            values[input.name] = members
        }
        return values
    }
}

extension LayerApplyReport {
    fileprivate init(_ layer: StackLayer, _ ending: TerraformApply.Ending) {
        switch ending {
        case .applied(let summary):
            self.init(layer, .applied)
            (added, changed, removed) = (summary.add, summary.change, summary.remove)
        case .failed(let why): self.init(layer, .failed, why: why)
        case .unknown(let why): self.init(layer, .indeterminate, why: why)
        }
    }

    fileprivate func unsettled(why: String) -> LayerApplyReport {
        var report = LayerApplyReport(layer, .unsettled, why: why)
        (report.added, report.changed, report.removed) = (added, changed, removed)
        report.remaining = remaining
        return report
    }
}

extension LayerApplyReport.Outcome {
    package var text: String { rawValue.replacing("_", with: " ") }
}

extension ApplyLog.Event {
    /// nil for what is not worth a line.
    fileprivate var text: String? {
        switch self {
        case .began, .completed(_, "read", _): nil
        case .completed(let address, let action, let seconds): "\(action) \(address), \(seconds) s"
        case .failed(let address, let action): "\(action) \(address) failed"
        }
    }
}
