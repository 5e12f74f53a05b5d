package import OpsModel

/// Decides what a blue/green rollout does next. Pure: no clock, no I/O, no await (research: state machine, sections 2.3 and R0–R7).
package struct RolloutMachine: Sendable, Equatable {
    package enum Outcome: String, Codable, Sendable, Equatable {
        case promoted
        /// The candidate never got traffic.
        case rejected
        /// Nothing was started.
        case refused
        case rolledBack = "rolled_back"
        /// The way back is cut: the candidate keeps the traffic, an operator is needed.
        case blocked
        /// Which slot has the traffic is unknown: both stay up, an operator is needed.
        case indeterminate
    }

    package enum State: Sendable, Equatable {
        /// Nothing is touched yet. Can move to: expanding, ended(refused).
        case preflight
        /// Expanding migrations run. Can move to: provisioning, ended(rejected).
        case expanding
        /// The candidate is being started. Can move to: checkingHealth, cleaning.
        case provisioning
        /// The candidate is asked directly. Can move to: smoking, cleaning.
        case checkingHealth
        /// The smoke suite runs against the candidate. Can move to: shifting, cleaning.
        case smoking
        /// The route moves to the candidate. Can move to: baking, verifyingBaseline, ended(blocked, indeterminate).
        case shifting
        /// The candidate is live; the baseline is kept warm. Can move to: committing, verifyingBaseline, ended(blocked, indeterminate).
        case baking
        /// The route on disk and the stable record become the candidate's. Can move to: draining, verifyingBaseline, ended.
        case committing
        /// The baseline finishes its last requests. Can move to: retiring.
        case draining
        /// The baseline is kept warm or stopped. Can move to: ended(promoted).
        case retiring
        /// The way back is proved before it is taken. Can move to: pinning, ended(blocked).
        case verifyingBaseline
        /// The route on disk becomes the baseline's first, so that a router restart can only help. Can move to: routingBack.
        case pinning
        /// Can move to: verifyingRoute, ended(indeterminate).
        case routingBack
        /// Can move to: drainingCandidate, ended(indeterminate).
        case verifyingRoute
        /// Can move to: stopping.
        case drainingCandidate
        /// Can move to: ended(rolledBack).
        case stopping
        /// A candidate that never had traffic is stopped. Can move to: ended(rejected).
        case cleaning
        case ended(Outcome)
    }

    package enum Event: Sendable, Equatable {
        case judged(Verdict)
        case done
        case failed
        /// Whether the action took effect is unknown, or somebody else changed the route.
        case indeterminate
        case abort
    }

    package enum Action: Sendable, Equatable {
        case preflight, migrate
        case provision(Slot), checkHealth(Slot), smoke(Slot)
        case route(Slot), bake(Slot), commit(Slot)
        case drain(Slot), retire(Slot), stop(Slot)
        case verify(Slot), pin(Slot), verifyRoute(Slot)
        case finish
    }

    package let candidate: Slot
    /// Nil at the very first deploy: there is nothing to go back to.
    package let baseline: Slot?
    package private(set) var state: State
    /// Whether the route on disk may still be the candidate's although traffic went back.
    private var isDiskBehind = false

    /// A rollout from its beginning.
    package init(candidate: Slot, baseline: Slot?) {
        (self.candidate, self.baseline, state) = (candidate, baseline, .preflight)
    }

    /// A return to `baseline`, after promotion or after a deployer died.
    package init(rollingBackFrom candidate: Slot, to baseline: Slot) {
        (self.candidate, self.baseline, state) = (candidate, baseline, .verifyingBaseline)
    }

    /// What to do first.
    package var firstAction: Action {
        switch (state, baseline) {
        case (.verifyingBaseline, .some(let baseline)): .verify(baseline)
        default: .preflight
        }
    }

    /// Going back never waits for the ledger and cannot be interrupted.
    package var isRetreating: Bool {
        switch state {
        case .preflight, .expanding, .provisioning, .checkingHealth, .smoking, .shifting, .baking, .committing: false
        case .draining, .retiring, .verifyingBaseline, .pinning, .routingBack, .verifyingRoute, .drainingCandidate,
            .stopping,
            .cleaning, .ended:
            true
        }
    }

    /// Whatever is not a clear pass goes the safe way.
    package mutating func handle(_ event: Event) -> Action {
        switch (state, event) {
        case (.preflight, .judged(.pass)): move(to: .expanding, then: .migrate)
        case (.preflight, _): move(to: .ended(.refused), then: .finish)
        case (.expanding, .done): move(to: .provisioning, then: .provision(candidate))
        case (.expanding, _): move(to: .ended(.rejected), then: .finish)
        case (.provisioning, .done): move(to: .checkingHealth, then: .checkHealth(candidate))
        case (.provisioning, _): move(to: .cleaning, then: .stop(candidate))
        case (.checkingHealth, .judged(.pass)): move(to: .smoking, then: .smoke(candidate))
        case (.checkingHealth, _): move(to: .cleaning, then: .stop(candidate))
        case (.smoking, .judged(.pass)): move(to: .shifting, then: .route(candidate))
        case (.smoking, _): move(to: .cleaning, then: .stop(candidate))
        case (.shifting, .done): move(to: .baking, then: .bake(candidate))
        case (.baking, .judged(.pass)): move(to: .committing, then: .commit(candidate))
        case (.committing, .done): afterCommit()
        case (.shifting, .indeterminate), (.baking, .indeterminate): move(to: .ended(.indeterminate), then: .finish)
        case (.shifting, _), (.baking, _), (.committing, _): retreat()
        case (.draining, _): move(to: .retiring, then: .retire(candidate.other))
        case (.retiring, _): move(to: .ended(.promoted), then: .finish)
        case (.verifyingBaseline, .judged(.pass)): move(to: .pinning, then: .pin(candidate.other))
        case (.verifyingBaseline, _): move(to: .ended(.blocked), then: .finish)
        case (.pinning, let event): routeBack(afterPinning: event)
        case (.routingBack, .done): move(to: .verifyingRoute, then: .verifyRoute(candidate.other))
        case (.routingBack, _): move(to: .ended(.indeterminate), then: .finish)
        case (.verifyingRoute, .judged(.pass)): move(to: .drainingCandidate, then: .drain(candidate))
        case (.verifyingRoute, _): move(to: .ended(.indeterminate), then: .finish)
        case (.drainingCandidate, _): move(to: .stopping, then: .stop(candidate))
        case (.stopping, _): move(to: .ended(isDiskBehind ? .indeterminate : .rolledBack), then: .finish)
        case (.cleaning, _): move(to: .ended(.rejected), then: .finish)
        case (.ended, _): .finish
        }
    }

    private mutating func afterCommit() -> Action {
        guard let baseline else { return move(to: .ended(.promoted), then: .finish) }
        return move(to: .draining, then: .drain(baseline))
    }

    /// Traffic goes back also when the disk could not be written, but an operator has to know.
    private mutating func routeBack(afterPinning event: Event) -> Action {
        isDiskBehind = event != .done
        return move(to: .routingBack, then: .route(candidate.other))
    }

    private mutating func retreat() -> Action {
        guard let baseline else { return move(to: .ended(.blocked), then: .finish) }
        return move(to: .verifyingBaseline, then: .verify(baseline))
    }

    private mutating func move(to next: State, then action: Action) -> Action {
        state = next
        return action
    }
}

extension RolloutMachine.Action {
    /// The step's name in journal and output.
    package var step: String {
        switch self {
        case .preflight: "preflight"
        case .migrate: "migrate"
        case .provision: "provision"
        case .checkHealth: "health"
        case .smoke: "smoke"
        case .route: "route"
        case .bake: "bake"
        case .commit: "commit"
        case .drain: "drain"
        case .retire: "retire"
        case .stop: "stop"
        case .verify: "verify"
        case .pin: "pin"
        case .verifyRoute: "verify_route"
        case .finish: "finish"
        }
    }

    package var slot: Slot? {
        switch self {
        case .preflight, .migrate, .finish: nil
        case .provision(let slot), .checkHealth(let slot), .smoke(let slot), .route(let slot), .bake(let slot),
            .commit(let slot),
            .drain(let slot), .retire(let slot), .stop(let slot), .verify(let slot), .pin(let slot),
            .verifyRoute(let slot):
            slot
        }
    }
}
