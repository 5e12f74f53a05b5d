import OpsModel
import RedisClient
import SocketClient

extension RedisClusterSnapshot {
    /// Turns a snapshot into results; pure.
    func judge(_ expectation: RedisClusterExpectation, _ sheet: inout CheckSheet) {
        let url = expectation.url
        if handshake?.firstToExpire != nil || !url.usesTLS {
            sheet.judgeCertificates(handshake, usesTLS: url.usesTLS, at: takenAt)
        }
        guard let answers = answers.facts else {
            let failure =
                self.answers.failure ?? LookFailure(reason: .internalError, phase: "look", message: "not looked at")
            let text = failure.reason == .certificate ? handshake?.refusalText(at: takenAt) : nil
            sheet.record(
                "connect",
                LookFailure(
                    reason: failure.reason, phase: failure.phase, message: text ?? failure.message, code: failure.code),
                expected: "a connection to \(url.endpoint)",
                fix: failure.connectionFix(to: url.endpoint) ?? "see the node's log")
            return sheet.blockRest(by: "connect")
        }
        sheet.record("connect", .pass, observed: url.endpoint, expected: "a connection", phase: "connect")
        guard sheet.judgeAuthentication(answers.authentication, as: url) else {
            return sheet.blockRest(by: "authenticate")
        }
        judgeInfo(answers, expectation, &sheet)
        judgeNodes(answers, expectation, &sheet)
    }

    private func judgeInfo(_ answers: Answers, _ expectation: RedisClusterExpectation, _ sheet: inout CheckSheet) {
        guard let text = answers.info.text else {
            return lacks(["state", "slots"], answers.info, "cluster|info", expectation, &sheet)
        }
        let info = RedisInfo(parsing: text)
        let state = info["cluster_state"] ?? "not in CLUSTER INFO"
        sheet.expect(
            "state", state == "ok", observed: state, expected: "ok", reason: .notReady, phase: "command",
            fix: clusterFix(answers, expectation, otherwise: "check"))
        let assigned = info.number("cluster_slots_assigned") ?? 0
        let served = info.number("cluster_slots_ok") ?? 0
        sheet.expect(
            "slots", assigned == 16384 && served == 16384,
            observed: "\(numberText(assigned)) assigned, \(numberText(served)) served", expected: "16384",
            reason: .notReady, phase: "command", fix: clusterFix(answers, expectation, otherwise: "fix"))
    }

    /// With a master down `--cluster fix` would give its slots to others, empty: what it holds would be lost.
    private func clusterFix(
        _ answers: Answers, _ expectation: RedisClusterExpectation, otherwise step: String
    ) -> String {
        let (tool, endpoint) = ("redis-cli --cluster", expectation.url.endpoint)
        let down = (answers.nodes.text.map(ClusterNode.nodes) ?? []).filter {
            $0.isMaster && $0.isFailing && $0.hasSlots
        }
        guard !down.isEmpty else { return "\(tool) \(step) \(endpoint)" }
        return "start the missing node first: \(down.map(\.address).joined(separator: ", ")); then \(tool) check "
            + "\(endpoint); only when it is gone for good, with its keys: \(tool) fix \(endpoint)"
    }

    private func judgeNodes(_ answers: Answers, _ expectation: RedisClusterExpectation, _ sheet: inout CheckSheet) {
        guard let text = answers.nodes.text else {
            return lacks(["failing_nodes", "replicas"], answers.nodes, "cluster|nodes", expectation, &sheet)
        }
        let nodes = ClusterNode.nodes(text)
        let failing = nodes.filter(\.isFailing)
        sheet.expect(
            "failing_nodes", failing.isEmpty && !nodes.isEmpty,
            observed: failing.isEmpty ? "\(nodes.count) nodes up" : failing.map(\.text).joined(separator: ", "),
            expected: "no node with fail or fail?", reason: .notReady, phase: "command",
            fix: "start the node; one that is gone for good, and has no slots: CLUSTER FORGET on all others")
        guard let wanted = expectation.replicas else { return sheet.skip("replicas", because: "not asked for") }
        let poor = nodes.filter { $0.isMaster && $0.hasSlots }.compactMap { master -> String? in
            let count = nodes.count { $0.masterID == master.id && !$0.isFailing && $0.isConnected }
            return count < wanted ? "\(master.address) has \(count)" : nil
        }
        sheet.expect(
            "replicas", poor.isEmpty, observed: poor.isEmpty ? "enough" : poor.joined(separator: ", "),
            expected: "at least \(wanted) for every shard", reason: .policy, phase: "command",
            fix: "redis-cli --cluster add-node <new> \(expectation.url.endpoint) --cluster-slave")
    }

    private func lacks(
        _ names: [String], _ answer: RedisSnapshot.Answer, _ command: String, _ expectation: RedisClusterExpectation,
        _ sheet: inout CheckSheet
    ) {
        let error = answer.error ?? "no answer"
        for name in names {
            if error.contains("cluster support disabled") {
                sheet.record(
                    name, .fail, observed: error, expected: "a node of a cluster", reason: .policy, phase: "command",
                    fix: "use the kind redis, or set `cluster-enabled yes`")
            } else {
                sheet.record(
                    name, .unknown, observed: error, expected: "an answer",
                    reason: LookFailure.reason(redisReply: error), phase: "command",
                    fix: "ACL SETUSER \(expectation.url.user ?? "default") +\(command)")
            }
        }
    }
}

/// A line of `CLUSTER NODES`: `id ip:port@bus,host flags master ping pong epoch link slots…`.
private struct ClusterNode {
    let id: String
    let address: String
    let flags: [String]
    let masterID: String
    let isConnected: Bool
    let hasSlots: Bool

    init?(_ line: String) {
        let words = line.split(separator: " ").map(String.init)
        guard words.count >= 8 else { return nil }
        (id, masterID, isConnected, hasSlots) = (words[0], words[3], words[7] == "connected", words.count > 8)
        address = String(words[1].prefix { $0 != "@" })
        flags = words[2].split(separator: ",").map(String.init)
    }

    static func nodes(_ text: String) -> [ClusterNode] {
        text.split(whereSeparator: \.isNewline).compactMap { ClusterNode(String($0)) }
    }

    var isMaster: Bool { flags.contains("master") }
    var isFailing: Bool { flags.contains("fail") || flags.contains("fail?") || flags.contains("noaddr") }
    var text: String { "\(address) \(flags.joined(separator: ","))" }
}
