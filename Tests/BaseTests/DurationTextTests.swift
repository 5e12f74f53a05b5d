import OpsModel
import Testing

@Suite struct DurationTextTests {
    @Test(arguments: [("250ms", 250), ("10s", 10_000), ("1.5s", 1500), ("5m", 300_000), ("2h", 7_200_000)])
    func readsUnits(_ text: String, _ milliseconds: Int64) {
        #expect(Duration(text: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: ["", "10", "s", "-1s", "1 day", "infs", "nans", "1e30h", "8761h"])
    func refusesWhatIsNoDuration(_ text: String) {
        #expect(Duration(text: text) == nil)
    }
}
