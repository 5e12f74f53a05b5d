import Foundation
package import HTTPClient
package import Ledger
package import OpsModel

/// Permission for the next step, given from outside: probes, environment checks, sign-off.
package protocol Gate: Sendable {
    var name: String { get }
    func judge() async -> GateResult
}

package struct GateResult: Codable, Sendable, Equatable {
    package let verdict: Verdict
    package let detail: String

    package init(_ verdict: Verdict, _ detail: String) { (self.verdict, self.detail) = (verdict, detail) }
}

/// Starts what goes back when the deployer dies ("commit confirmed").
package protocol WatchdogStarter: Sendable {
    /// Starts it so that it outlives this process; returns what was started, for people.
    func start(watching deployID: String) async throws -> String
}

/// Everything that a rollout acts on.
package struct RolloutStage: Sendable {
    package var settings: DeploySettings
    package let router: any TrafficRouter
    package let runner: any SlotRunner
    package let gates: [any Gate]
    package var ledger: Ledger
    package let http: HTTPClient
    package let clock: any Clock<Duration>
    /// Nil where none can be started.
    package var watchdog: (any WatchdogStarter)?
    /// Where what a candidate said is kept after a rollback; nil keeps it in the ledger only.
    package var evidenceFolder: String?
    package var leaseTerms = LeaseTerms()

    package init(
        settings: DeploySettings, router: any TrafficRouter, runner: any SlotRunner, gates: [any Gate], ledger: Ledger,
        http: HTTPClient, clock: any Clock<Duration> = ContinuousClock()
    ) {
        (self.settings, self.router, self.runner, self.gates) = (settings, router, runner, gates)
        (self.ledger, self.http, self.clock) = (ledger, http, clock)
    }
}

/// What an action came to.
struct ActionResult: Sendable {
    let event: RolloutMachine.Event
    let detail: String

    init(_ event: RolloutMachine.Event, _ detail: String) { (self.event, self.detail) = (event, detail) }

    /// What an error that ended an action comes to.
    init(_ event: RolloutMachine.Event, after error: any Error) {
        let diagnostic = (error as? any DiagnosableError)?.diagnostic
        self.init(event, diagnostic.map { "\($0.what): \($0.why)" } ?? "\(error)")
    }
}
