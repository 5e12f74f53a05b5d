import OpsModel
import PostgresClient
@testable import Probes
import Testing

@Suite struct PostgresJudgementTests {
    private let url = PostgresURL(
        host: "h", port: 1, user: "u", password: nil, database: "d", tlsMode: .verifyFull, authorityFile: nil)

    @Test(arguments: [
        ("no pg_hba.conf entry for host \"10.0.0.1\", no encryption", true),
        ("pg_hba.conf weist Verbindung für Host zurück", true), ("role \"u\" is not permitted to log in", false),
    ])
    func onlyARefusalByTheAccessFileProvesThatPlaintextIsRefused(_ message: String, _ isProof: Bool) {
        let answer = PostgresLook.plaintextAnswer(
            to: PostgresError.connection(server: "h:1", sqlState: "28000", message: message))
        #expect((answer.facts == .refused) == isProof)
        #expect((answer.failure != nil) == !isProof)
    }

    @Test func withoutProtectionPlaintextNeedNotBeRefused() {
        for (protection, refuses) in [
            (PostgresExpectation.Protection.off, false), (.required, true), (.verified, true),
        ] {
            let expectation = PostgresExpectation(
                url: url, role: .primary, protection: protection, writesCanary: false)
            #expect(expectation.refusesPlaintext == refuses)
        }
    }

    @Test func aHostThatIsNotResolvedIsUnknown() {
        let failure = LookFailure(
            PostgresError.connection(
                server: "h:1", sqlState: nil, message: "could not translate host name \"h\" to address: no such name"))
        #expect(failure.reason == .dns)
        #expect(!failure.isVerdict)
    }
}
