import Deploy
import Testing

/// Losses by the identity of HAProxy's counters, of which a download is counted twice: as answered, and as under way until its end.
@Suite struct SlotTallyTests {
    private func counters(
        requests: Int, good: Int = 0, connectionErrors: Int = 0, inFlight: Int = 0
    ) -> SlotCounters {
        var counters = SlotCounters()
        counters.requests = requests
        counters.responses[1] = good
        counters.connectionErrors = connectionErrors
        counters.inFlight = inFlight
        return counters
    }

    @Test func whatWasSentAndIsNeitherAnsweredNorUnderWayIsLost() {
        let tally = SlotTally(from: counters(requests: 0), to: counters(requests: 10, good: 7, inFlight: 1))
        #expect(tally == SlotTally(requests: 10, errors: 0, lost: 2))
    }

    @Test func aDownloadThatWasUnderWayIsNotLostWhenItEnds() {
        let start = counters(requests: 5, good: 5, inFlight: 2)
        #expect(SlotTally(from: start, to: counters(requests: 8, good: 8)).lost == 0)
    }

    @Test func aRequestThatWasAwaitedAndNeverAnsweredIsLost() {
        let start = counters(requests: 5, good: 3, inFlight: 3)
        #expect(SlotTally(from: start, to: counters(requests: 8, good: 7)).lost == 1)
    }

    @Test func whatWasLostBeforeIsNotLostAgain() {
        let start = counters(requests: 10, good: 8)
        #expect(SlotTally(from: start, to: counters(requests: 20, good: 18)).lost == 0)
    }

    /// One request may fail to connect several times: then nothing follows from the sum.
    @Test func repeatedConnectionErrorsHideNoLoss() {
        let start = counters(requests: 2, connectionErrors: 4, inFlight: 1)
        #expect(SlotTally(from: start, to: counters(requests: 2, connectionErrors: 4)).lost == 1)
    }
}
