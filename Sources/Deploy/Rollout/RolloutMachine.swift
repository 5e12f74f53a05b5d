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
        /// Interrupted and left as it is, to be resumed; the watchdog goes back when nobody does.
        case held
    }

    /// What is watched while the candidate has traffic.
    package enum Watch: Sendable, Equatable {
        case share(Int)
        case bake
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
        /// The smoke suite runs against the candidate. Can move to: warming, cleaning.
        case smoking
        /// Both slots get the same requests, and their answers are compared. Can move to: rehearsing, waiting, shifting, cleaning.
        case warming
        /// The way back is proved and measured before it may be needed. Can move to: arming, waiting, shifting, cleaning.
        case rehearsing
        /// A watchdog is started that outlives the deployer. Can move to: waiting, shifting, cleaning.
        case arming
        /// Somebody has to approve the share of that index. Can move to: shifting, reviving, cleaning, verifyingBaseline, ended.
        case waiting(Int)
        /// The route moves to the share of that index. Can move to: watching, verifyingBaseline, ended(blocked, indeterminate).
        case shifting(Int)
        /// The candidate has traffic; the baseline is kept warm.
        /// Can move to: waiting, shifting, committing, deciding, reviving, verifyingBaseline, ended(blocked, indeterminate, held).
        case watching(Watch)
        /// The evidence was inconclusive; somebody has to decide. Can move to what `watching` can move to.
        case deciding(Watch)
        /// The baseline was lost and is started again; nothing is shifted meanwhile. Can move to: waiting, watching, ended(blocked).
        case reviving(Watch, waitingFor: Int?)
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
        /// Can move to: capturing, ended(indeterminate).
        case verifyingRoute
        /// What the candidate said is kept as evidence. Can move to: drainingCandidate.
        case capturing
        /// Can move to: stopping.
        case drainingCandidate
        /// Can move to: ended(rolledBack, indeterminate).
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
        /// The baseline does not run, or is not healthy any more.
        case baselineLost
        /// Neither slot is healthy: moving traffic would help nobody.
        case bothLost
        case abort
        /// Stop here, and leave everything as it is.
        case hold
    }

    package enum Action: Sendable, Equatable {
        case preflight, migrate
        case provision(Slot), checkHealth(Slot), smoke(Slot), warm(Slot)
        case rehearse(Slot), arm
        case gate(Int), shift(Int), analyse(Int), bake, decide(Watch), revive(Slot)
        case commit(Slot), drain(Slot), retire(Slot), stop(Slot)
        case verify(Slot), pin(Slot), routeBack(Slot), verifyRoute(Slot), capture(Slot)
        case finish
    }

    package let candidate: Slot
    /// Nil at the very first deploy: there is nothing to go back to.
    package let baseline: Slot?
    package let course: RolloutCourse
    package private(set) var state: State
    /// Whether the route on disk may still be the candidate's although traffic went back.
    private var isDiskBehind = false

    /// A rollout from its beginning.
    package init(candidate: Slot, baseline: Slot?, course: RolloutCourse = RolloutCourse()) {
        (self.candidate, self.baseline, self.course, state) = (candidate, baseline, course, .preflight)
    }

    /// A return to `baseline`, after promotion or after a deployer died.
    package init(rollingBackFrom candidate: Slot, to baseline: Slot) {
        (self.candidate, self.baseline, course, state) = (candidate, baseline, RolloutCourse(), .verifyingBaseline)
    }

    /// Steps back to where everything that matters is looked at again: for a rollout that is resumed, whose slots may have changed since.
    package mutating func rewind() {
        switch state {
        case .checkingHealth, .smoking, .warming, .rehearsing, .arming, .waiting(0), .shifting(0): state = .provisioning
        case .committing: state = .watching(.bake)
        case .pinning, .routingBack, .verifyingRoute: state = .verifyingBaseline
        case .stopping where isDiskBehind: (state, isDiskBehind) = (.verifyingBaseline, false)
        default: break
        }
    }

    /// Takes an event in; returns what to do next.
    @discardableResult package mutating func handle(_ event: Event) -> Action {
        if case .pinning = state { isDiskBehind = event != .done }
        state = next(after: event)
        return action
    }

    /// Whatever is not a clear pass goes the safe way.
    private func next(after event: Event) -> State {
        switch (state, event) {
        case (.preflight, .judged(.pass)): .expanding
        case (.preflight, _): .ended(.refused)
        case (.expanding, .done): .provisioning
        case (.expanding, _): .ended(.rejected)
        case (.provisioning, .done): .checkingHealth
        case (.checkingHealth, .judged(.pass)): .smoking
        case (.smoking, .judged(.pass)): .warming
        case (.warming, .judged(.pass)): baseline == nil ? before(0) : .rehearsing
        case (.rehearsing, .judged(.pass)): course.isWatched ? .arming : before(0)
        case (.arming, .done): before(0)
        case (.provisioning, _), (.checkingHealth, _), (.smoking, _), (.warming, _), (.rehearsing, _), (.arming, _):
            .cleaning
        case (.waiting(let index), let event): afterWaiting(index, event)
        case (.shifting(let index), .done): .watching(index == course.lastShift ? .bake : .share(index))
        case (.shifting, .indeterminate): .ended(.indeterminate)
        // Told before the first share was written: the candidate has no traffic.
        case (.shifting(0), .abort), (.shifting(0), .hold): .cleaning
        case (.shifting, .hold), (.committing, .hold), (.reviving, .hold): .ended(.held)
        case (.shifting, _): retreat
        case (.watching(let watch), let event): afterWatching(watch, event)
        case (.deciding(let watch), .judged(.inconclusive)): afterWatching(watch, .judged(.fail))
        case (.deciding(let watch), let event): afterWatching(watch, event)
        case (.reviving(let watch, let gate), .done): gate.map { .waiting($0) } ?? .watching(watch)
        case (.reviving, _): .ended(.blocked)
        case (.committing, .done): baseline == nil ? .ended(.promoted) : .draining
        case (.committing, _): retreat
        case (.draining, _): .retiring
        case (.retiring, _): .ended(.promoted)
        default: nextOnTheWayBack(after: event)
        }
    }

    private func nextOnTheWayBack(after event: Event) -> State {
        switch (state, event) {
        case (.verifyingBaseline, .judged(.pass)): .pinning
        case (.verifyingBaseline, _): .ended(.blocked)
        // Traffic goes back also when the disk could not be written, but an operator has to know.
        case (.pinning, _): .routingBack
        case (.routingBack, .done): .verifyingRoute
        case (.verifyingRoute, .judged(.pass)): .capturing
        case (.routingBack, _), (.verifyingRoute, _): .ended(.indeterminate)
        case (.capturing, _): .drainingCandidate
        case (.drainingCandidate, _): .stopping
        case (.stopping, .indeterminate), (.cleaning, .indeterminate): .ended(.indeterminate)
        case (.stopping, _): .ended(isDiskBehind ? .indeterminate : .rolledBack)
        case (.cleaning, _): .ended(.rejected)
        default: state
        }
    }

    private func afterWaiting(_ index: Int, _ event: Event) -> State {
        switch event {
        case .judged(.pass): return .shifting(index)
        case .hold: return .ended(.held)
        // Before any traffic the candidate is simply taken away again.
        case _ where index == 0: return .cleaning
        case .indeterminate: return .ended(.indeterminate)
        case .baselineLost: return .reviving(.share(index - 1), waitingFor: index)
        case .bothLost: return .ended(.blocked)
        case .judged, .done, .failed, .abort: return retreat
        }
    }

    private func afterWatching(_ watch: Watch, _ event: Event) -> State {
        switch event {
        case .judged(.pass): after(watch)
        case .judged(.inconclusive): course.asksWhenInconclusive ? .deciding(watch) : retreat
        case .hold: .ended(.held)
        case .indeterminate: .ended(.indeterminate)
        case .baselineLost: baseline == nil ? retreat : .reviving(watch, waitingFor: nil)
        case .bothLost: .ended(.blocked)
        case .judged(.fail), .done, .failed, .abort: retreat
        }
    }

    private func after(_ watch: Watch) -> State {
        switch watch {
        case .share(let index): before(index + 1)
        case .bake: .committing
        }
    }

    private func before(_ index: Int) -> State { course.approvals.contains(index) ? .waiting(index) : .shifting(index) }

    private var retreat: State { baseline == nil ? .ended(.blocked) : .verifyingBaseline }
}
