import OpsModel
import Foundation
import RedisClient
import SocketClient

extension RedisClusterSubject {
    package static var selfTest: SelfTest<RedisClusterSubject> {
        let url = RedisURL(
            host: "node", port: 6379, usesTLS: true, user: "probe", password: nil, database: 0, authorityFile: nil)
        let answers = RedisClusterSnapshot.Answers(
            authentication: .init(text: "OK"),
            info: .init(text: "cluster_state:ok\r\ncluster_slots_assigned:16384\r\ncluster_slots_ok:16384\r\n"),
            nodes: .init(
                text: """
                    aa 10.0.0.1:6379@16379 myself,master - 0 0 1 connected 0-16383
                    bb 10.0.0.2:6379@16379 slave aa 0 1 1 connected
                    """))
        return SelfTest(
            expectation: RedisClusterExpectation(url: url, replicas: 1),
            healthy: RedisClusterSnapshot(
                takenAt: RedisSubject.healthyTime, handshake: RedisSubject.healthyHandshake, answers: .seen(answers)),
            flaws: flaws)
    }

    private static func flaw(
        _ check: String, _ what: String, gives status: CheckStatus = .fail,
        _ change: @escaping @Sendable (inout RedisClusterSnapshot.Answers) -> Void
    ) -> SelfTest<RedisClusterSubject>.Flaw {
        .init(check, what, gives: status) { snapshot, _ in
            guard var answers = snapshot.answers.facts else { return }
            change(&answers)
            snapshot.answers = .seen(answers)
        }
    }

    private static let flaws: [SelfTest<RedisClusterSubject>.Flaw] = [
        .init("connect", "connection refused") { snapshot, _ in
            snapshot.answers = .failed(LookFailure(reason: .refused, phase: "connect", message: "refused"))
        },
        .init("certificate_expiry", "one day left") { snapshot, _ in
            snapshot.handshake?.chain[0].notAfter = snapshot.takenAt + 86_400
        },
        flaw("authenticate", "WRONGPASS") { $0.authentication = .init(error: "WRONGPASS invalid") },
        flaw("state", "cluster_state fail") {
            $0.info.text = $0.info.text?.replacing("cluster_state:ok", with: "cluster_state:fail")
        },
        flaw("state", "no cluster at all") {
            $0.info = .init(error: "ERR This instance has cluster support disabled")
        },
        flaw("state", "no right to ask", gives: .unknown) { $0.info = .init(error: "NOPERM") },
        flaw("slots", "one slot without a node") { $0.info.text = $0.info.text?.replacing("16384", with: "16383") },
        flaw("failing_nodes", "a node in doubt") {
            $0.nodes.text = $0.nodes.text?.replacing("slave aa", with: "slave,fail? aa")
        },
        flaw("replicas", "none left") { $0.nodes.text = "aa 10.0.0.1:6379@16379 master - 0 0 1 connected 0-16383" },
        flaw("replicas", "the only one is down") {
            $0.nodes.text = $0.nodes.text?.replacing("slave aa", with: "slave,fail aa")
        },
    ]
}
