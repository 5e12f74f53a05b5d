import Deploy
import OpsModel
import Testing

/// Walks every sequence of events through the machine, each reachable situation once, and holds it to what must never happen
/// (invariants I1, I2 and I4; I3, I5 and I6 need real parts: see KilledDeployerTests).
struct RolloutWalk {
    typealias Machine = RolloutMachine

    static let everyEvent: [Machine.Event] =
        [.judged(.pass), .judged(.fail), .judged(.inconclusive)] + [
            .done, .failed, .indeterminate, .baselineLost, .bothLost, .abort, .hold,
        ]

    /// What is true of the world, as far as the actions that were done tell.
    private struct Facts: Hashable {
        /// The candidate's share; nil when it is not known.
        var share: Int? = 0
        var hasPassedSmoke = false
        var isStopped = false
        var isBaselineProved = false
        var isRouteProved = false
        var hasCommitted = false
        /// Shares that have passed their analysis, and those that somebody has approved.
        var analysed = -1
        var approved: Set<Int> = []
    }

    private struct Situation: Hashable {
        let state: String
        let facts: Facts
    }

    private var known: [Situation: Bool] = [:]
    private var edges: [Situation: Set<Situation>] = [:]

    var seen: Int { known.count }

    /// Situations from which no end can be reached (I4).
    var statesWithoutEnd: [String] {
        var ending = Set(known.filter(\.value).keys)
        var isGrowing = true
        while isGrowing {
            isGrowing = false
            for (from, to) in edges where !ending.contains(from) && !to.isDisjoint(with: ending) {
                ending.insert(from)
                isGrowing = true
            }
        }
        return known.keys.filter { !ending.contains($0) }.map(\.state)
    }

    mutating func explore(_ machine: Machine, live: Slot) {
        explore(machine, Facts(share: live == machine.candidate ? Route.all : 0))
    }

    private mutating func explore(_ machine: Machine, _ facts: Facts) {
        let here = Situation(state: "\(machine)", facts: facts)
        guard known[here] == nil else { return }
        if case .ended(let outcome) = machine.state {
            known[here] = true
            #expect(machine.action == .finish)
            return judge(outcome, machine, facts)
        }
        known[here] = false
        hold(machine, facts)
        for event in Self.everyEvent {
            var (next, after) = (machine, facts)
            observe(machine, event, &after)
            next.handle(event)
            edges[here, default: []].insert(Situation(state: "\(next)", facts: after))
            explore(next, after)
        }
    }

    /// What must be true before an action is begun.
    private func hold(_ machine: Machine, _ facts: Facts) {
        let course = machine.course
        switch machine.action {
        case .shift(let index):
            #expect(facts.hasPassedSmoke, "traffic for a candidate that has not passed its smoke")
            #expect(!facts.isStopped, "traffic for a candidate that does not run (I2)")
            #expect(facts.analysed == index - 1, "share \(index) without the analysis before it")
            #expect(!course.approvals.contains(index) || facts.approved.contains(index), "share without its approval")
        case .routeBack: #expect(facts.isBaselineProved, "traffic for a baseline that was not proved (I1)")
        case .stop(let slot) where slot == machine.candidate:
            #expect(facts.share == 0, "a candidate that may have traffic is stopped (I2)")
        case .drain(let slot) where slot == machine.candidate: #expect(facts.isRouteProved)
        case .commit: #expect(facts.share == Route.all && facts.analysed == course.shares.count - 1)
        case .drain, .retire: #expect(facts.hasCommitted, "the baseline is given up before the commit")
        default: break
        }
    }

    private func observe(_ machine: Machine, _ event: Machine.Event, _ facts: inout Facts) {
        switch (machine.action, event) {
        case (.smoke, .judged(.pass)): facts.hasPassedSmoke = true
        case (.verify, .judged(.pass)): facts.isBaselineProved = true
        case (.verifyRoute, .judged(.pass)): (facts.isRouteProved, facts.share) = (true, 0)
        case (.gate(let index), .judged(.pass)): facts.approved.insert(index)
        case (.shift(let index), .done): facts.share = machine.course.shares[index]
        case (.shift(0), .abort), (.shift(0), .hold): break
        case (.shift, _), (.routeBack, .indeterminate), (.routeBack, .failed): facts.share = nil
        case (.routeBack, .done): facts.share = 0
        case (.analyse(let index), .judged(.pass)), (.decide(.share(let index)), .judged(.pass)):
            facts.analysed = index
        case (.bake, .judged(.pass)), (.decide(.bake), .judged(.pass)):
            facts.analysed = machine.course.shares.count - 1
        case (.commit, .done): facts.hasCommitted = true
        case (.stop, .done): facts.isStopped = true
        default: break
        }
    }

    private func judge(_ outcome: Machine.Outcome, _ machine: Machine, _ facts: Facts) {
        switch outcome {
        case .promoted: #expect(facts.hasCommitted && facts.share == Route.all)
        case .rolledBack: #expect(facts.isRouteProved && facts.share == 0)
        case .rejected, .refused: #expect(facts.share == 0, "the candidate has traffic and is called \(outcome)")
        case .blocked, .indeterminate, .held: #expect(!facts.isStopped || facts.isRouteProved)
        }
    }
}
