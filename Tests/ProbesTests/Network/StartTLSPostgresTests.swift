import LocalServices
import OpsModel
import SocketClient
import TestSupport
import Testing

@testable import Probes

@Suite(.enabled(if: Requirement.postgres.isMet, "postgres is not installed")) struct StartTLSPostgresTests {
    @Test func theCertificateOfAPostgresServerIsSeen() async throws {
        try await withPostgres { database in
            let cluster = database.cluster
            func seen(_ expectation: TLSProbeExpectation) async -> [String: CheckResult] {
                await results(of: TLSSubject(expectation), addresses: ["localhost": ["127.0.0.1"]])
            }
            var expectation = TLSProbeExpectation(
                host: "localhost", port: cluster.port, authorityFile: cluster.authority, startTLS: .postgres)
            #expect(await seen(expectation).troubles == [])
            expectation.startTLS = .none
            #expect(await seen(expectation)["handshake"]?.reason == .tls)
        }
    }
}
