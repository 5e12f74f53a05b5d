import OpsModel
import Testing

@Suite struct VerdictTests {
    @Test(arguments: [
        ([CheckStatus.pass, .skipped], Verdict.pass), ([.pass, .warn], .pass), ([.pass, .unknown], .inconclusive),
        ([.pass, .blocked], .inconclusive), ([.unknown, .fail], .fail), ([.skipped], .inconclusive),
        ([], .inconclusive),
    ])
    func onlyAClearPassIsAPass(_ statuses: [CheckStatus], _ verdict: Verdict) {
        #expect(Verdict(of: statuses) == verdict)
    }
}
