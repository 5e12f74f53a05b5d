import OpsModel
import RedisClient
import Synchronization

/// The steps of one failover drill, in order.
final class RedisFailoverFlow: Sendable {
    private let settings: RedisFailoverSettings
    private let sentinels: SentinelGroup
    private let writer: FailoverWriter
    let log: DrillLog
    private let state = Mutex(RedisFailoverFindings())
    private let isKeyWritten = Mutex(false)

    private static let patience = Duration.seconds(2)

    init(_ settings: RedisFailoverSettings, id: String, log: DrillLog) {
        (self.settings, self.log) = (settings, log)
        sentinels = SentinelGroup(urls: settings.sentinels, master: settings.master)
        writer = FailoverWriter(sentinels: sentinels, data: settings.data, key: settings.keyPrefix + id)
    }

    var findings: RedisFailoverFindings {
        var findings = state.withLock { $0 }
        (findings.acknowledged, findings.endedAt) = (writer.acknowledged, .now)
        return findings
    }

    /// Ends the writer before it returns, however it ends; the drill's key is removed by `cleanUp`.
    func run() async throws {
        try await preflight()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.writer.run() }
            defer { group.cancelAll() }
            try await rehearse()
        }
        try await count()
    }

    private func rehearse() async throws {
        let old = state.withLock { $0.oldMaster } ?? ""
        _ = try await log.step("writes before", detail: { "\($0) acknowledged by \(old)" }) {
            try await self.acknowledgements(self.settings.writesOnEachSide) { $0.address == old }
        }
        let start = ContinuousClock.now
        try await log.step("failover", detail: { _ in "SENTINEL FAILOVER \(self.settings.master)" }) {
            self.state.withLock { $0.commanded = start }
            try await self.sentinels.failOver(timeout: Self.patience)
        }
        _ = try await log.step("writes after", detail: { "\($0) acknowledged by another node" }) {
            try await self.acknowledgements(self.settings.writesOnEachSide) { $0.address != old }
        }
        try await settle(since: start, old: old)
    }

    private func preflight() async throws {
        let views = try await log.step("preflight", detail: { Self.text($0) }) {
            let views = try await self.sentinels.views(timeout: Self.patience)
            self.state.withLock { ($0.before, $0.oldMaster) = (views, views.first?.address) }
            if Set(views.map(\.address)).count > 1 || views.contains(where: { $0.quorumRefusal != nil }) {
                let why = views.compactMap(\.quorumRefusal).first ?? Self.text(views)
                throw DrillError.noAgreement(master: self.settings.master, why: why)
            }
            guard views.allSatisfy({ $0.goodReplicas > 0 }) else {
                throw DrillError.noAgreement(
                    master: self.settings.master, why: "not every sentinel knows a replica that is up and in step")
            }
            return views
        }
        let address = views.first?.address ?? ""
        try await log.step("credentials", detail: { (role: String) in "\(address) is \(role)" }) {
            try await self.role(of: address)
        }.requireMaster(settings.master, at: address)
    }

    private func role(of address: String) async throws -> String {
        do {
            let connection = try await RedisConnection.open(settings.data.at(address), timeout: Self.patience)
            let replies = try await connection.send(
                [["ROLE"], ["RPUSH", writer.key, "0"], ["EXPIRE", writer.key, "600"]], timeout: Self.patience)
            if replies[1].errorText == nil { isKeyWritten.withLock { $0 = true } }
            if let refusal = replies.compactMap(\.errorText).first {
                throw DrillError.missingRight(
                    role: settings.data.user ?? "default", need: "write \(settings.keyPrefix)*: \(refusal)",
                    fix:
                        "ACL SETUSER \(settings.data.user ?? "default") ~\(settings.keyPrefix)* +role +rpush +expire +lrange +del"
                )
            }
            return replies[0].items.first?.text ?? "unknown"
        } catch let error as DrillError {
            throw error
        } catch let error as any DiagnosableError {
            throw DrillError.unreadable(what: "the master", place: address, why: error.diagnostic.why)
        }
    }

    /// Waits until `count` writes were acknowledged that satisfy `condition`; the drill's own deadline ends the wait.
    private func acknowledgements(
        _ count: Int, _ condition: @Sendable (FailoverWriter.Acknowledged) -> Bool
    ) async throws -> Int {
        while true {
            let seen = writer.acknowledged.count(where: condition)
            if seen >= count { return seen }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private func settle(since start: ContinuousClock.Instant, old: String) async throws {
        try await log.step("agreement", detail: { Self.text($0) }) {
            while true {
                let views = try await self.sentinels.views(timeout: Self.patience)
                let addresses = Set(views.map(\.address))
                if addresses.count == 1, let address = addresses.first, address != old {
                    self.state.withLock { state in
                        (state.newMaster, state.after) = (address, views)
                        if state.agreement == nil { state.agreement = .now - start }
                    }
                    if views.allSatisfy({ $0.goodReplicas > 0 && $0.quorumRefusal == nil && $0.flags == "master" }) {
                        self.state.withLock { $0.rejoin = .now - start }
                        return views
                    }
                }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    private func count() async throws {
        let address = state.withLock { $0.newMaster } ?? ""
        try await log.step("count", detail: { (count: Int) in "\(count) numbers on \(address)" }) {
            let connection = try await RedisConnection.open(self.settings.data.at(address), timeout: Self.patience)
            let reply = try await connection.command("LRANGE", self.writer.key, "0", "-1", timeout: .seconds(10))
            let numbers = Set(reply.items.compactMap { $0.text.flatMap { Int($0) } })
            self.state.withLock { $0.surviving = numbers }
            return numbers.count
        }
    }

    /// Removes the drill's key. - Returns: what is left behind.
    func cleanUp() async -> [String] {
        do {
            let address = try await sentinels.address(timeout: Self.patience)
            let connection = try await RedisConnection.open(settings.data.at(address), timeout: Self.patience)
            _ = try await connection.command("DEL", writer.key, timeout: Self.patience)
            return []
        } catch {
            return !isKeyWritten.withLock { $0 }
                ? [] : ["the key \(writer.key), which expires ten minutes after its last write"]
        }
    }

    private static func text(_ views: [SentinelGroup.View]) -> String {
        let addresses = Set(views.map(\.address)).sorted().joined(separator: " and ")
        return "\(views.count) sentinels name \(addresses), \(views.map(\.goodReplicas).min() ?? 0) replicas in step"
    }
}

extension String {
    fileprivate func requireMaster(_ name: String, at address: String) throws {
        guard self == "master" else {
            throw DrillError.noAgreement(master: name, why: "\(address), which they name, says that it is \(self)")
        }
    }
}
