import BucketClient
import Database
import Foundation
import OpsModel
import Synchronization

/// Tests everything that a request needs, for real. Callers within a second share one answer, so that no load balancer can
/// hammer the dependencies.
actor Readiness {
    private static let limit: Duration = .seconds(2)
    private static let lifetime: Duration = .seconds(1)

    private let release: String
    private let components: [any HealthComponent]
    private var last: (document: HealthDocument, at: ContinuousClock.Instant)?
    private var running: Task<HealthDocument, Never>?

    init(release: String, components: [any HealthComponent]) {
        (self.release, self.components) = (release, components)
    }

    func report() async -> HealthDocument {
        if let last, last.at.duration(to: .now) < Self.lifetime { return last.document }
        if let running { return await running.value }
        // Shared by all who ask meanwhile: one caller's cancellation must not fail the others.
        let task = Task { await measure() }
        running = task
        let document = await task.value
        last = (document, .now)
        running = nil
        return document
    }

    private nonisolated func measure() async -> HealthDocument {
        let results = await withTaskGroup(of: (Int, HealthFinding).self) { group in
            for (index, component) in components.enumerated() {
                group.addTask { (index, await Self.examine(component)) }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
        return Self.document(results, release: release)
    }

    private static func examine(_ component: any HealthComponent) async -> HealthFinding {
        let started = ContinuousClock.now
        var finding = HealthFinding(component: component, outcome: .pass)
        do {
            finding.outcome = try await within(limit) { try await component.examine() }
        } catch is TimeLimitReached {
            finding.outcome = .fail("no answer within \(limit.text)")
        } catch {
            let diagnostic = (error as? any DiagnosableError)?.diagnostic
            finding.outcome = .fail(diagnostic.map { "\($0.what): \($0.why)" } ?? "\(type(of: error))")
        }
        finding.elapsed = started.duration(to: .now)
        return finding
    }

    /// A component that could not be asked because another one is down does not count as a cause of its own.
    private static func document(_ findings: [HealthFinding], release: String) -> HealthDocument {
        let failed = Set(findings.filter(\.hasFailed).map(\.component.name))
        var checks: [String: [HealthDocument.Check]] = [:]
        var cause: HealthFinding?
        for finding in findings {
            var (status, output) = finding.words
            if finding.hasFailed, let blocker = finding.component.needs.first(where: failed.contains) {
                (status, output) = (.warn, "not examined: \(blocker) is down")
            } else if finding.hasFailed, cause == nil {
                cause = finding
            }
            checks["\(finding.component.name):responseTime"] = [
                HealthDocument.Check(
                    componentId: finding.component.name, componentType: finding.component.type, status: status,
                    observedValue: Double(finding.elapsed.milliseconds), observedUnit: "ms", time: Date(),
                    output: output)
            ]
        }
        let warns = checks.values.joined().contains { $0.status == .warn }
        return HealthDocument(
            status: cause != nil ? .fail : warns ? .warn : .pass, releaseId: release, cause: cause?.component.name,
            output: cause.map { "\($0.component.name): \($0.words.1 ?? "failed")" }, checks: checks)
    }
}

/// What the look at one component gave.
struct HealthFinding: Sendable {
    enum Outcome: Sendable, Equatable {
        case pass
        case warn(String)
        case fail(String)
    }

    let component: any HealthComponent
    var outcome: Outcome
    var elapsed: Duration = .zero

    var hasFailed: Bool { if case .fail = outcome { true } else { false } }

    var words: (HealthDocument.Status, String?) {
        switch outcome {
        case .pass: (.pass, nil)
        case .warn(let why): (.warn, why)
        case .fail(let why): (.fail, why)
        }
    }
}

/// One dependency that can be tested.
protocol HealthComponent: Sendable {
    var name: String { get }
    /// `datastore`, `component` or `system`.
    var type: String { get }
    /// Components without which this one cannot be asked.
    var needs: [String] { get }
    /// - Throws: when it does not work; the error's diagnostic says why.
    func examine() async throws -> HealthFinding.Outcome
}
