import Deploy
import OpsModel
import Testing

@Suite struct RolloutMachineTests {
    typealias Event = RolloutMachine.Event
    typealias Action = RolloutMachine.Action

    private static let everyEvent: [Event] = [
        .judged(.pass), .judged(.fail), .judged(.inconclusive), .done, .failed, .indeterminate, .abort,
    ]

    private func actions(_ events: Event..., baseline: Slot? = .blue) -> [Action] {
        var machine = RolloutMachine(candidate: .green, baseline: baseline)
        return [machine.firstAction] + events.map { machine.handle($0) }
    }

    @Test func aGoodReleaseGoesThroughEveryGateInOrder() {
        let path = actions(
            .judged(.pass), .done, .done, .judged(.pass), .judged(.pass), .done, .judged(.pass), .done, .done, .done)
        #expect(
            path == [
                .preflight, .migrate, .provision(.green), .checkHealth(.green), .smoke(.green), .route(.green),
                .bake(.green),
                .commit(.green), .drain(.blue), .retire(.blue), .finish,
            ])
    }

    @Test(arguments: [Event.judged(.fail), .judged(.inconclusive), .failed, .abort, .indeterminate])
    func aCandidateWhoseSmokeIsNoClearPassNeverGetsTraffic(_ event: Event) {
        let path = actions(.judged(.pass), .done, .done, .judged(.pass), event, .done)
        #expect(path.suffix(2) == [.stop(.green), .finish])
        #expect(!path.contains(.route(.green)))
    }

    @Test(arguments: [Event.judged(.fail), .judged(.inconclusive), .failed, .abort])
    func aBakeThatIsNoClearPassProvesTheBaselineBeforeRoutingBack(_ event: Event) {
        let path = actions(
            .judged(.pass), .done, .done, .judged(.pass), .judged(.pass), .done, event, .judged(.pass), .done, .done,
            .judged(.pass),
            .done, .done)
        #expect(
            path.suffix(7) == [
                .verify(.blue), .pin(.blue), .route(.blue), .verifyRoute(.blue), .drain(.green), .stop(.green), .finish,
            ])
    }

    @Test func aBaselineThatIsNotHealthyIsNotRoutedTo() {
        let path = actions(
            .judged(.pass), .done, .done, .judged(.pass), .judged(.pass), .done, .judged(.fail), .judged(.fail))
        #expect(path.last == .finish)
        #expect(!path.contains(.route(.blue)))
        #expect(!path.contains(.stop(.green)))
    }

    @Test func aRouteOfWhichNobodyKnowsWhetherItWasTakenStopsNothing() {
        let path = actions(.judged(.pass), .done, .done, .judged(.pass), .judged(.pass), .indeterminate)
        #expect(path.last == .finish)
        #expect(!path.contains(.stop(.green)) && !path.contains(.stop(.blue)))
    }

    @Test func aRouteThatCouldNotBePinnedGoesBackAllTheSameAndCallsAnOperator() {
        var machine = RolloutMachine(rollingBackFrom: .green, to: .blue)
        let events: [Event] = [.judged(.pass), .failed, .done, .judged(.pass), .done, .done]
        let path = events.map { machine.handle($0) }
        #expect(path == [.pin(.blue), .route(.blue), .verifyRoute(.blue), .drain(.green), .stop(.green), .finish])
        #expect(machine.state == .ended(.indeterminate))
    }

    /// Walks every sequence of events to the end of the machine and holds it to what must never happen.
    @Test(arguments: [Slot.blue, nil]) func noSequenceOfEventsBreaksTheInvariants(_ baseline: Slot?) {
        var walks = 0
        for event in Self.everyEvent {
            walk(
                RolloutMachine(candidate: .green, baseline: baseline), .preflight, event, Facts(live: .blue), depth: 0,
                &walks)
        }
        let back = RolloutMachine(rollingBackFrom: .green, to: .blue)
        for event in Self.everyEvent { walk(back, back.firstAction, event, Facts(live: .green), depth: 0, &walks) }
        #expect(walks > 500)
    }

    private struct Facts {
        var live: Slot?
        var hasPassedSmoke = false
        var hadTraffic = false
        var verified: Slot?
    }

    private func walk(
        _ machine: RolloutMachine, _ action: Action, _ event: Event, _ facts: Facts, depth: Int, _ walks: inout Int
    ) {
        var (machine, facts) = (machine, facts)
        observe(action, event, &facts)
        let next = machine.handle(event)
        #expect(depth < 20, "the machine does not end")
        guard depth < 20 else { return }
        if case .ended(let outcome) = machine.state {
            #expect(next == .finish)
            walks += 1
            return judge(outcome, facts)
        }
        hold(next, facts)
        for event in Self.everyEvent { walk(machine, next, event, facts, depth: depth + 1, &walks) }
    }

    private func observe(_ action: Action, _ event: Event, _ facts: inout Facts) {
        switch (action, event) {
        case (.smoke, .judged(.pass)): facts.hasPassedSmoke = true
        case (.verify(let slot), .judged(.pass)): facts.verified = slot
        case (.route(let slot), .done):
            facts.live = slot
            facts.hadTraffic = facts.hadTraffic || slot == .green
        // The answer to a write was lost: either slot may have the traffic.
        case (.route, .indeterminate): facts.live = nil
        default: break
        }
    }

    private func hold(_ next: Action, _ facts: Facts) {
        switch next {
        case .route(.green): #expect(facts.hasPassedSmoke, "traffic without smoke")
        case .route(.blue): #expect(facts.verified == .blue, "routed back to a slot that was not proved")
        case .stop(let slot):
            #expect(facts.live != slot && facts.live != nil, "a slot that may have traffic is stopped")
        case .commit(let slot): #expect(facts.live == slot)
        default: break
        }
    }

    private func judge(_ outcome: RolloutMachine.Outcome, _ facts: Facts) {
        switch outcome {
        case .promoted: #expect(facts.live == .green)
        case .rolledBack: #expect(facts.live == .blue)
        case .rejected, .refused: #expect(!facts.hadTraffic)
        case .blocked, .indeterminate: break
        }
    }
}
