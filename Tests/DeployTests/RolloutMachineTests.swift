import Deploy
import OpsModel
import Testing

@Suite struct RolloutMachineTests {
    typealias Event = RolloutMachine.Event
    typealias Action = RolloutMachine.Action

    /// Everything before the first request.
    private static let start: [Event] = [
        .judged(.pass), .done, .done, .judged(.pass), .judged(.pass), .judged(.pass), .judged(.pass), .done,
    ]

    private func course(_ shares: Int..., approvals: [Int] = [], asks: Bool = false) -> RolloutCourse {
        var course = RolloutCourse()
        (course.shares, course.approvals, course.asksWhenInconclusive) = (shares + [Route.all], approvals, asks)
        return course
    }

    private func walk(_ events: [Event], _ course: RolloutCourse = RolloutCourse(), baseline: Slot? = .blue) -> (
        path: [Action], machine: RolloutMachine
    ) {
        var machine = RolloutMachine(candidate: .green, baseline: baseline, course: course)
        return ([machine.action] + events.map { machine.handle($0) }, machine)
    }

    @Test func aGoodReleaseGoesThroughEveryGateInOrder() {
        let (path, machine) = walk(Self.start + [.done, .judged(.pass), .done, .done, .done])
        #expect(
            path == [
                .preflight, .migrate, .provision(.green), .checkHealth(.green), .smoke(.green), .warm(.green),
                .rehearse(.blue), .arm, .shift(0), .bake, .commit(.green), .drain(.blue), .retire(.blue), .finish,
            ])
        #expect(machine.state == .ended(.promoted))
    }

    @Test func everyShareIsAnalysedBeforeTheNextAndApprovedWhereSomebodyHasTo() {
        let (path, _) = walk(
            Self.start + [.done, .judged(.pass), .judged(.pass), .done, .judged(.pass), .done, .judged(.pass)],
            course(500, 2500, approvals: [1]))
        #expect(
            path.suffix(8) == [
                .shift(0), .analyse(0), .gate(1), .shift(1), .analyse(1), .shift(2), .bake, .commit(.green),
            ])
    }

    @Test func theFirstReleaseHasNoWayBackToRehearseAndNoWatchdog() {
        let (path, machine) = walk(
            [
                .judged(.pass), .done, .done, .judged(.pass), .judged(.pass), .judged(.pass), .done, .judged(.pass),
                .done,
            ],
            baseline: nil)
        #expect(path.suffix(4) == [.shift(0), .bake, .commit(.green), .finish])
        #expect(machine.state == .ended(.promoted))
    }

    @Test(arguments: [Event.judged(.fail), .judged(.inconclusive), .failed, .abort, .indeterminate])
    func aCandidateWhoseSmokeIsNoClearPassNeverGetsTraffic(_ event: Event) {
        let (path, machine) = walk(Self.start.prefix(4) + [event, .done])
        #expect(path.suffix(2) == [.stop(.green), .finish])
        #expect(machine.state == .ended(.rejected))
    }

    @Test(arguments: [Event.judged(.fail), .judged(.inconclusive), .failed, .abort])
    func aBakeThatIsNoClearPassProvesTheBaselineBeforeRoutingBack(_ event: Event) {
        let (path, machine) = walk(
            Self.start + [.done, event, .judged(.pass), .done, .done, .judged(.pass), .done, .done, .done])
        #expect(
            path.suffix(8) == [
                .verify(.blue), .pin(.blue), .routeBack(.blue), .verifyRoute(.blue), .capture(.green), .drain(.green),
                .stop(.green), .finish,
            ])
        #expect(machine.state == .ended(.rolledBack))
    }

    @Test func aBaselineThatIsNotHealthyIsNotRoutedTo() {
        let (path, machine) = walk(Self.start + [.done, .judged(.fail), .judged(.fail)])
        #expect(machine.state == .ended(.blocked))
        #expect(!path.contains(.routeBack(.blue)) && !path.contains(.stop(.green)))
    }

    @Test func aLostBaselineIsBroughtBackBeforeAnythingElseIsShifted() {
        let (path, machine) = walk(Self.start + [.done, .baselineLost, .done, .judged(.pass)], course(500))
        #expect(path.suffix(4) == [.analyse(0), .revive(.blue), .analyse(0), .shift(1)])
        #expect(machine.action == .shift(1))
        let (_, blocked) = walk(Self.start + [.done, .baselineLost, .failed], course(500))
        #expect(blocked.state == .ended(.blocked))
    }

    @Test func whenNeitherSlotIsWellTrafficStaysWhereItIs() {
        let (path, machine) = walk(Self.start + [.done, .bothLost])
        #expect(machine.state == .ended(.blocked))
        #expect(path.last == .finish)
    }

    @Test func inconclusiveEvidenceGoesBackUnlessSomebodyIsToBeAsked() {
        #expect(walk(Self.start + [.done, .judged(.inconclusive)]).path.last == .verify(.blue))
        let asking = course(asks: true)
        let (path, _) = walk(Self.start + [.done, .judged(.inconclusive), .judged(.pass)], asking)
        #expect(path.suffix(2) == [.decide(.bake), .commit(.green)])
        #expect(walk(Self.start + [.done, .judged(.inconclusive), .judged(.fail)], asking).path.last == .verify(.blue))
    }

    @Test func aRolloutThatIsHeldStopsWhereItIs() {
        let (_, machine) = walk(Self.start + [.done, .hold], course(500))
        #expect(machine.state == .ended(.held))
    }

    @Test func aRouteOfWhichNobodyKnowsWhetherItWasTakenStopsNothing() {
        let (path, machine) = walk(Self.start + [.indeterminate])
        #expect(machine.state == .ended(.indeterminate))
        #expect(!path.contains(.stop(.green)) && !path.contains(.stop(.blue)))
    }

    @Test func aRouteThatCouldNotBePinnedGoesBackAllTheSameAndCallsAnOperator() {
        var machine = RolloutMachine(rollingBackFrom: .green, to: .blue)
        let events: [Event] = [.judged(.pass), .failed, .done, .judged(.pass), .done, .done, .done]
        let path = events.map { machine.handle($0) }
        #expect(
            path == [
                .pin(.blue), .routeBack(.blue), .verifyRoute(.blue), .capture(.green), .drain(.green), .stop(.green),
                .finish,
            ])
        #expect(machine.state == .ended(.indeterminate))
    }

    @Test func everyEventCanBeReadBackFromTheJournal() {
        for event in RolloutWalk.everyEvent { #expect(Event(name: event.name) == event) }
        #expect(Event(name: "judged") == nil)
    }

    @Test(arguments: [Slot.blue, nil], [[Route.all], [500, 2500, Route.all]])
    func noSequenceOfEventsBreaksTheInvariants(_ baseline: Slot?, _ shares: [Int]) {
        for approvals in [[], Array(shares.indices)] {
            for asks in [false, true] {
                var course = RolloutCourse()
                (course.shares, course.approvals, course.asksWhenInconclusive) = (shares, approvals, asks)
                var walk = RolloutWalk()
                walk.explore(RolloutMachine(candidate: .green, baseline: baseline, course: course), live: .blue)
                #expect(walk.seen > 20)
                #expect(walk.statesWithoutEnd.isEmpty)
            }
        }
        var back = RolloutWalk()
        back.explore(RolloutMachine(rollingBackFrom: .green, to: .blue), live: .green)
        #expect(back.statesWithoutEnd.isEmpty)
    }
}
