import Cryptography
import Foundation
import OpsModel

/// Plans the layers of an environment, wave by wave, as many at a time as the machine can carry.
package struct StackPlanner: Sendable {
    let settings: StackSettings
    let runs: LayerRuns
    let tell: @Sendable (String) -> Void

    package init(settings: StackSettings, runs: LayerRuns, tell: @escaping @Sendable (String) -> Void) {
        (self.settings, self.runs, self.tell) = (settings, runs, tell)
    }

    /// - Parameters:
    ///   - layers: what is planned; others are only asked for their outputs.
    ///   - folder: where plan files go; it exists.
    package func plan(_ layers: Set<StackLayer>, into folder: String) async -> [LayerPlan] {
        var plans: [LayerPlan] = []
        for (index, wave) in settings.graph.waves.enumerated() {
            let wanted = wave.filter(layers.contains)
            let earlier = plans
            plans += await inParallel(wanted) { layer in
                await plan(layer, wave: index + 1, after: earlier, into: folder)
            }
        }
        return plans
    }

    private func plan(
        _ layer: StackLayer, wave: Int, after earlier: [LayerPlan], into folder: String
    ) async -> LayerPlan {
        let start = ContinuousClock.now
        var taken = Taken(values: [:], preview: nil)
        do {
            taken = try await take(layer, after: earlier)
            let run = try await runs.ready(layer)
            try run.take(taken.values)
            let file = "\(folder)/\(layer.rawValue).tfplan"
            tell("\(layer.rawValue): planning")
            try await run.plan(to: file)
            try restrict(file)
            let json = try await run.show(file)
            let planned = LayerPlan.Planned(
                document: try PlanDocument(json: json), redacted: try PlanDocument.redacted(json), file: file)
            tell("\(layer.rawValue): planned in \(start.duration(to: .now).text)")
            return LayerPlan(
                layer: layer, wave: wave, result: .planned(planned), preview: taken.preview,
                providerDigest: try providerDigest(run), upstreamDigest: try taken.digest)
        } catch {
            let diagnostic = (error as? any DiagnosableError)?.diagnostic ?? unexpected(error, layer)
            tell("\(layer.rawValue): not planned: \(diagnostic.why)")
            return LayerPlan(
                layer: layer, wave: wave, result: .failed(diagnostic), preview: taken.preview, providerDigest: nil,
                upstreamDigest: "")
        }
    }

    /// Values of other layers for this one, and whether they can be trusted to be those at the time of an apply.
    private struct Taken {
        var values: [String: PlainJSON]
        var preview: String?

        var digest: String {
            get throws { StackRendering.digest(try canonicalJSON(values)) }
        }
    }

    private func take(_ layer: StackLayer, after earlier: [LayerPlan]) async throws -> Taken {
        var taken = Taken(values: [:], preview: nil)
        for input in layer.inputs {
            let outputs = try await runs.outputs(of: input.layer)
            if let value = outputs[input.name]?.value, let members = input.cut(value) {
                taken.values[input.name] = members
            } else {
                taken.values[input.name] = input.sample
                taken.preview = taken.preview ?? "\(input.layer.rawValue) has not been applied yet"
            }
            if let plan = earlier.first(where: { $0.layer == input.layer }) {
                taken.preview = taken.preview ?? Self.doubt(plan, input)
            }
        }
        return taken
    }

    /// Why the values that another layer gives now may be others after its own plan is applied.
    private static func doubt(_ plan: LayerPlan, _ input: LayerInput) -> String? {
        guard let planned = plan.planned else { return "\(input.layer.rawValue) could not be planned" }
        if planned.document.changes(input) { return "\(input.layer.rawValue) will change its output `\(input.name)`" }
        return plan.preview.map { _ in "\(input.layer.rawValue) is a preview itself" }
    }

    private func providerDigest(_ run: LayerRun) throws -> String {
        digest(try failing(at: run.folder) { try Data(contentsOf: URL(filePath: "\(run.folder)/.terraform.lock.hcl")) })
    }

    private func restrict(_ file: String) throws {
        try failing(at: file) {
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        }
    }

    private func unexpected(_ error: any Error, _ layer: StackLayer) -> Diagnostic {
        Diagnostic(
            "stack.unexpected", what: "the layer could not be planned", place: layer.rawValue, why: "\(error)",
            fix: "opsctl stack validate --env \(settings.environment)")
    }
}

/// Runs `body` for each of `parts`, layers or modules, as many at a time as the machine can carry: each runs a provider of several hundred megabytes.
/// - Parameter isWaiting: whether the work is mostly waiting for AWS, as an apply is; then only memory limits it.
/// - Returns: results in the order of the parts.
func inParallel<Part: Sendable, Value: Sendable>(
    _ parts: [Part], isWaiting: Bool = false, _ body: @escaping @Sendable (Part) async -> Value
) async -> [Value] {
    let width = MemoryBudget.width(jobs: parts.count, megabytesEach: 700, isWaiting: isWaiting)
    return await withTaskGroup(of: (Int, Value).self) { group in
        var results: [(Int, Value)] = []
        for (index, part) in parts.enumerated() {
            if index >= width, let done = await group.next() { results.append(done) }
            group.addTask { (index, await body(part)) }
        }
        for await done in group { results.append(done) }
        return results.sorted { $0.0 < $1.0 }.map(\.1)
    }
}

extension LayerInput {
    /// The members that are declared, of an output that may have more; nil when one is missing.
    func cut(_ value: PlainJSON) -> PlainJSON? {
        var members: [String: PlainJSON] = [:]
        for member in self.members {
            guard let found = value[member.name] else { return nil }
            members[member.name] = found
        }
        return .object(members)
    }
}
