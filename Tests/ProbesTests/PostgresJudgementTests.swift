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

    @Test(arguments: [(120_022, "NULL::text AS status"), (130_000, "wal_status AS status")])
    func aServerIsNotAskedForWhatItsVersionDoesNotHave(_ version: Int, _ column: String) {
        #expect(CatalogueQuery.slots(version).statement.sql.contains(column))
    }

    @Test(arguments: [
        ("53100", CheckReason.limit), ("53200", .limit), ("53400", .limit), ("58030", .mismatch), ("XX001", .mismatch),
        ("XX002", .mismatch),
    ])
    func aServerThatCannotKeepDataHasFailed(_ state: String, _ reason: CheckReason) {
        let failure = LookFailure(PostgresError.query(sqlState: state, message: "no"))
        #expect(failure.reason == reason)
        #expect(failure.isVerdict)
    }
}
