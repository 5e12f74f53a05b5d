package import OpsModel

extension RolloutMachine {
    /// What the state asks for: the same for a machine that has just come there and for one that was read from the journal.
    package var action: Action {
        switch state {
        case .preflight: .preflight
        case .expanding: .migrate
        case .provisioning: .provision(candidate)
        case .checkingHealth: .checkHealth(candidate)
        case .smoking: .smoke(candidate)
        case .warming: .warm(candidate)
        case .rehearsing: .rehearse(candidate.other)
        case .arming: .arm
        case .waiting(let index): .gate(index)
        case .shifting(let index): .shift(index)
        case .watching(.share(let index)): .analyse(index)
        case .watching(.bake): .bake
        case .deciding(let watch): .decide(watch)
        case .reviving: .revive(candidate.other)
        case .committing: .commit(candidate)
        case .draining: .drain(candidate.other)
        case .retiring: .retire(candidate.other)
        case .verifyingBaseline: .verify(candidate.other)
        case .pinning: .pin(candidate.other)
        case .routingBack: .routeBack(candidate.other)
        case .verifyingRoute: .verifyRoute(candidate.other)
        case .capturing: .capture(candidate)
        case .drainingCandidate: .drain(candidate)
        case .stopping, .cleaning: .stop(candidate)
        case .ended: .finish
        }
    }

    /// Going back never waits for the ledger and cannot be interrupted.
    package var isRetreating: Bool {
        switch state {
        case .preflight, .expanding, .provisioning, .checkingHealth, .smoking, .warming, .rehearsing, .arming, .waiting,
            .shifting, .watching, .deciding, .reviving, .committing:
            false
        case .draining, .retiring, .verifyingBaseline, .pinning, .routingBack, .verifyingRoute, .capturing,
            .drainingCandidate, .stopping, .cleaning, .ended:
            true
        }
    }

    /// Whether a watchdog was started before this state.
    var hasBeenArmed: Bool {
        switch state {
        case .waiting, .shifting, .watching, .deciding, .reviving, .committing: baseline != nil
        default: false
        }
    }

    /// The candidate's shares that the route may have now, in 0.01 %; nil where it may be anything, since it goes back.
    package var expectedShares: [Int]? {
        switch state {
        case .preflight, .expanding, .provisioning, .checkingHealth, .smoking, .warming, .rehearsing, .arming,
            .cleaning:
            [0]
        case .waiting(let index): [course.share(before: index)]
        case .shifting(let index): [course.share(before: index), course.shares[index]]
        case .watching(let watch), .deciding(let watch), .reviving(let watch, _): [share(of: watch)]
        case .committing, .draining, .retiring: [Route.all]
        case .verifyingBaseline, .pinning, .routingBack, .verifyingRoute, .capturing, .drainingCandidate, .stopping,
            .ended:
            nil
        }
    }

    /// The candidate's share while `watch` lasts, in 0.01 %.
    func share(of watch: Watch) -> Int {
        switch watch {
        case .share(let index): course.shares[index]
        case .bake: Route.all
        }
    }

    /// What a route with that share of the candidate looks like.
    package func route(share: Int, epoch: Int) -> Route {
        share == Route.all
            ? Route(live: candidate, epoch: epoch) : Route(live: candidate.other, share: share, epoch: epoch)
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
        case .warm: "warm"
        case .rehearse: "rehearse"
        case .arm: "arm"
        case .gate(let index): "gate_\(index + 1)"
        case .shift(let index): "shift_\(index + 1)"
        case .analyse(let index): "analyse_\(index + 1)"
        case .bake: "bake"
        case .decide: "decide"
        case .revive: "revive"
        case .commit: "commit"
        case .drain: "drain"
        case .retire: "retire"
        case .stop: "stop"
        case .verify: "verify"
        case .pin: "pin"
        case .routeBack: "route_back"
        case .verifyRoute: "verify_route"
        case .capture: "capture"
        case .finish: "finish"
        }
    }

    package var slot: Slot? {
        switch self {
        case .preflight, .migrate, .arm, .gate, .shift, .analyse, .bake, .decide, .finish: nil
        case .provision(let slot), .checkHealth(let slot), .smoke(let slot), .warm(let slot), .rehearse(let slot),
            .revive(let slot), .commit(let slot), .drain(let slot), .retire(let slot), .stop(let slot),
            .verify(let slot), .pin(let slot), .routeBack(let slot), .verifyRoute(let slot), .capture(let slot):
            slot
        }
    }
}

extension RolloutMachine.Event {
    /// The event's name in journal and output.
    package var name: String {
        switch self {
        case .judged(let verdict): "judged_\(verdict.rawValue)"
        case .done: "done"
        case .failed: "failed"
        case .indeterminate: "indeterminate"
        case .baselineLost: "baseline_lost"
        case .bothLost: "both_lost"
        case .abort: "abort"
        case .hold: "hold"
        }
    }

    private static let all: [Self] =
        [.judged(.pass), .judged(.fail), .judged(.inconclusive)] + [
            .done, .failed, .indeterminate, .baselineLost, .bothLost, .abort, .hold,
        ]

    package init?(name: String) {
        guard let event = Self.all.first(where: { $0.name == name }) else { return nil }
        self = event
    }
}
