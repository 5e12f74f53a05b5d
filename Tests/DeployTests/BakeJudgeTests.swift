import Deploy
import OpsModel
import Testing

@Suite struct BakeJudgeTests {
    private func counters(requests: Int, good: Int, bad: Int = 0, refused: Int = 0, inFlight: Int = 0) -> SlotCounters {
        var counters = SlotCounters()
        counters.requests = requests
        counters.responses = [0, good, 0, 0, bad, 0]
        counters.connectionErrors = refused
        counters.inFlight = inFlight
        return counters
    }

    private func tally(_ end: SlotCounters) -> SlotTally { .init(from: SlotCounters(), to: end) }

    private func judge(_ readings: [SlotTally], isOver: Bool, minimum: Int = 0) -> BakeJudge.Opinion {
        var bake = DeploySettings.Bake()
        bake.minimumRequests = minimum
        return BakeJudge(bake).judge(readings, isOver: isOver)
    }

    /// Research, finding 2: ten clients were cut, the server row showed no error at all.
    @Test func requestsThatVanishWithoutAnswerAreCounted() {
        #expect(tally(counters(requests: 100, good: 88, inFlight: 2)).lost == 10)
        #expect(tally(counters(requests: 100, good: 95, bad: 2, refused: 1, inFlight: 2)).lost == 0)
    }

    @Test func aRequestCountsAsLostOnlyWhenItStaysLost() {
        let (clean, torn) = (tally(counters(requests: 100, good: 100)), tally(counters(requests: 101, good: 100)))
        #expect(judge([clean, torn], isOver: false) == .goOn)
        #expect(judge([torn, clean, torn], isOver: false) == .goOn)
        #expect(judge([torn, torn, torn], isOver: false) == .over(.fail, why: "1 of 101 requests were lost"))
    }

    @Test func manyErrorsEndTheBakeBeforeItsTime() {
        let reading = tally(counters(requests: 100, good: 90, bad: 10))
        #expect(judge([reading], isOver: false) == .over(.fail, why: "10 of 100 requests failed"))
    }

    @Test func oneErrorAmongAFewRequestsWaitsForTheEnd() {
        let reading = tally(counters(requests: 5, good: 4, bad: 1))
        #expect(judge([reading], isOver: false) == .goOn)
        #expect(judge([reading], isOver: true) == .over(.fail, why: "1 of 5 requests failed"))
    }

    @Test func tooFewRequestsAreInconclusiveAndNeverAPass() {
        let reading = tally(counters(requests: 5, good: 5))
        #expect(judge([reading], isOver: true, minimum: 10) == .over(.inconclusive, why: "5 requests, 10 are needed"))
        #expect(judge([reading], isOver: true, minimum: 5) == .over(.pass, why: "5 requests, 0 errors, 0 lost"))
    }
}
