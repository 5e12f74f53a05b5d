import Foundation
import OpsModel
import RedisClient
import SocketClient

extension SentinelSubject {
    package static var selfTest: SelfTest<SentinelSubject> {
        let urls = (1...3).map { url("sentinel\($0)") }
        let expectation = SentinelExpectation(urls: urls, master: "main", replicas: 1, data: url("any"))
        let views = urls.map {
            SentinelSnapshot.View(
                endpoint: $0.endpoint, handshake: RedisSubject.healthyHandshake, answers: .seen(healthyAnswers))
        }
        let healthy = SentinelSnapshot(
            takenAt: RedisSubject.healthyTime, views: views,
            named: [.init(address: "10.0.0.1:6379", role: .seen("master"))])
        return SelfTest(expectation: expectation, healthy: healthy, flaws: flaws)
    }

    private static func url(_ host: String) -> RedisURL {
        RedisURL(
            host: host, port: 26379, usesTLS: true, user: nil, password: nil, database: 0, authorityFile: nil)
    }

    private static var healthyAnswers: SentinelSnapshot.Answers {
        SentinelSnapshot.Answers(
            authentication: .init(text: "OK"), master: ["flags": "master", "num-other-sentinels": "2"],
            address: .init(text: "10.0.0.1:6379"), replicas: [["flags": "slave", "master-link-status": "ok"]],
            quorum: .init(text: "OK 3 usable Sentinels. Quorum and failover authorization can be reached"))
    }

    private static func flaw(
        _ check: String, _ what: String, gives status: CheckStatus = .fail,
        second change: @escaping @Sendable (inout SentinelSnapshot.Answers) -> Void
    ) -> SelfTest<SentinelSubject>.Flaw {
        .init(check, what, gives: status) { snapshot, _ in
            guard var answers = snapshot.views[1].answers.facts else { return }
            change(&answers)
            snapshot.views[1].answers = .seen(answers)
        }
    }

    private static let flaws: [SelfTest<SentinelSubject>.Flaw] = [
        .init("connect", "one of three refuses") { snapshot, _ in
            snapshot.views[2].answers = .failed(
                LookFailure(reason: .refused, phase: "connect", message: "connection refused"))
        },
        .init("connect", "one of three is silent", gives: .unknown) { snapshot, _ in
            snapshot.views[2].answers = .failed(LookFailure(reason: .timeout, phase: "read", message: "no answer"))
        },
        .init("certificate_expiry", "one expires tomorrow") { snapshot, _ in
            snapshot.views[2].handshake?.chain[0].notAfter = snapshot.takenAt + 86_400
        },
        flaw("authenticate", "one refuses the password") { $0.authentication = .init(error: "WRONGPASS invalid") },
        flaw("master_known", "one watches another name") {
            ($0.master, $0.masterError) = (nil, "ERR No such master with that name")
        },
        flaw("master_known", "no right to ask", gives: .unknown) {
            ($0.master, $0.masterError) = (nil, "NOPERM this user has no permissions")
        },
        flaw("agreement", "one names another master") { $0.address = .init(text: "10.0.0.2:6379") },
        flaw("agreement", "one names none") { $0.address = .init() },
        flaw("master_up", "s_down") { $0.master?["flags"] = "s_down,master" },
        .init("master_role", "the named one is a replica") { snapshot, _ in snapshot.named[0].role = .seen("slave") },
        .init("master_role", "the named one is silent", gives: .unknown) { snapshot, _ in
            snapshot.named[0].role = .failed(LookFailure(reason: .timeout, phase: "read", message: "no answer"))
        },
        flaw("quorum", "NOQUORUM") { $0.quorum = .init(error: "NOQUORUM 1 usable Sentinels.") },
        flaw("quorum", "no right to ask", gives: .unknown) { $0.quorum = .init(error: "NOPERM") },
        flaw("sentinels", "a left-over one is known") { $0.master?["num-other-sentinels"] = "3" },
        flaw("replicas", "its link to the master is down") { $0.replicas?[0]["master-link-status"] = "err" },
        flaw("replicas", "the only one is down") { $0.replicas?[0]["flags"] = "s_down,slave" },
    ]
}
