import Foundation
import Glibc
import LocalServices
import OpsModel
import RedisClient
import TestSupport
import Testing

@testable import Drills

/// The drill against a real master, its replica and three sentinels.
@Suite(.enabled(if: Requirement.redis.isMet, "Redis is not installed")) struct RedisFailoverTests {
    private func settings(_ group: RedisSentinel) throws -> RedisFailoverSettings {
        func url(_ text: Secret) throws -> RedisURL {
            var url = try RedisURL(text)
            url.authorityFile = group.authority
            return url
        }
        var settings = RedisFailoverSettings(
            environment: "test", sentinels: try RedisSentinel.Member.sentinels.map { try url(group.url(of: $0)) },
            master: RedisSentinel.masterName, data: try url(group.url(.ops, of: .first)))
        (settings.timeout, settings.lost) = (.seconds(60), .max)
        return settings
    }

    private func keys(_ settings: RedisFailoverSettings, at address: String) async throws -> String? {
        let connection = try await RedisConnection.open(settings.data.at(address), timeout: .seconds(5))
        return try await connection.command("EXISTS", settings.keyPrefix + "drill-1").text
    }

    @Test func aFailoverIsMeasuredFromTheClientsSideAndLeavesNoKey() async throws {
        try await withRedisSentinel { group async throws in
            let settings = try settings(group)
            let report = await RedisFailoverDrill(settings, id: "drill-1").run()
            #expect(report.verdict == .pass, "\(String(describing: report.why)) \(report.steps)")
            #expect(report.oldMaster?.hasSuffix(":\(group.port(of: .first))") == true)
            #expect(report.newMaster?.hasSuffix(":\(group.port(of: .second))") == true)
            #expect(report.acknowledged >= 200)
            #expect((report.outageMilliseconds ?? 0) > 0)
            #expect((report.agreementMilliseconds ?? 0) <= (report.rejoinMilliseconds ?? 0))
            let lost = try #require(report.lost)
            #expect(lost >= 0 && lost < report.acknowledged)
            #expect(report.leftBehind == [])
            #expect(try await keys(settings, at: try #require(report.newMaster)) == "0")
        }
    }

    /// An old master that is well goes on taking writes for seconds, and forgets them when sentinel makes it a replica.
    @Test func lostWritesAndAnOutageBeyondTheirObjectivesFail() async throws {
        try await withRedisSentinel { group async throws in
            var settings = try settings(group)
            (settings.outage, settings.lost) = (.zero, 0)
            let report = await RedisFailoverDrill(settings).run()
            #expect(report.verdict == .fail)
            #expect(report.checks.first { $0.check == "write_outage" }?.verdict == .fail)
            #expect(report.checks.first { $0.check == "lost_writes" }?.verdict == .fail, "\(report.checks)")
        }
    }

    @Test func withoutAReplicaInStepNothingIsFailedOver() async throws {
        try await withRedisSentinel { group async throws in
            let settings = try settings(group)
            try await group.stop(.second)
            try await eventually("the sentinels notice") {
                try await SentinelGroup(urls: settings.sentinels, master: settings.master).views(timeout: .seconds(2))
                    .contains { $0.goodReplicas == 0 }
            }
            let report = await RedisFailoverDrill(settings).run()
            #expect(report.verdict == .fail)
            #expect(report.why?.id == "drill.no_agreement")
            #expect(report.steps.map(\.step) == ["preflight"])
        }
    }

    @Test func aSentinelThatDoesNotAnswerMakesItInconclusive() async throws {
        try await withRedisSentinel { group async throws in
            let settings = try settings(group)
            try await group.stop(.sentinelC)
            let report = await RedisFailoverDrill(settings).run()
            #expect(report.verdict == .inconclusive)
            #expect(report.acknowledged == 0)
        }
    }

    @Test func aUserThatMayNotWriteIsToldWhatToGrant() async throws {
        try await withRedisSentinel { group async throws in
            var settings = try settings(group)
            settings.keyPrefix = "forbidden:"
            var data = try RedisURL(group.url(.probe, of: .first))
            data.authorityFile = group.authority
            let limited = RedisFailoverSettings(
                environment: "test", sentinels: settings.sentinels, master: settings.master, data: data)
            let report = await RedisFailoverDrill(limited).run()
            #expect(report.verdict == .inconclusive)
            #expect(report.why?.fix.contains("ACL SETUSER probe") == true)
        }
    }

    @Test func theDeadlineEndsADrillThatCannotFinish() async throws {
        try await withRedisSentinel { group async throws in
            var settings = try settings(group)
            settings.timeout = .milliseconds(50)
            let report = await RedisFailoverDrill(settings).run()
            #expect(report.isPastDeadline)
            #expect(report.verdict == .inconclusive)
        }
    }
}

@Suite struct RedisFailoverJudgeTests {
    private func view(_ address: String, refusal: String? = nil) -> SentinelGroup.View {
        SentinelGroup.View(
            endpoint: "s", address: address, quorumRefusal: refusal, goodReplicas: 1, flags: "master")
    }

    private func findings(_ gaps: [Int], surviving: Set<Int>? = nil) -> RedisFailoverFindings {
        var findings = RedisFailoverFindings()
        var time = ContinuousClock.now
        findings.commanded = time + .milliseconds(1)
        for (number, gap) in gaps.enumerated() {
            time += .milliseconds(gap)
            findings.acknowledged.append(.init(number: number, address: "a", at: time))
        }
        findings.surviving = surviving
        return findings
    }

    @Test func theOutageIsTheLongestGapFromTheLastWriteBeforeTheCommandOn() {
        #expect(findings([0, 5, 900, 3]).outage == .milliseconds(900))
        var late = findings([0, 900, 5, 40, 3])
        late.commanded = late.acknowledged[2].at
        #expect(late.outage == .milliseconds(40))
        #expect(RedisFailoverFindings().outage == nil)
    }

    @Test func lostAreAcknowledgedNumbersThatTheNewMasterDoesNotHold() {
        #expect(findings([0, 1, 1], surviving: [0, 2, 77]).lost == 1)
        #expect(findings([0, 1]).lost == nil)
    }

    @Test func sentinelsThatNameDifferentMastersDoNotAgree() {
        var findings = RedisFailoverFindings()
        findings.before = [view("a:1"), view("b:1")]
        #expect(RedisFailoverJudge(outage: nil, lost: 0).judge(findings).map(\.verdict) == [.fail])
        findings.before = [view("a:1"), view("a:1", refusal: "NOQUORUM 1 usable Sentinels")]
        #expect(RedisFailoverJudge(outage: nil, lost: 0).judge(findings).map(\.verdict) == [.fail])
        findings.before = [view("a:1"), view("a:1")]
        #expect(RedisFailoverJudge(outage: nil, lost: 0).judge(findings).map(\.verdict) == [.pass])
    }

    @Test func anAddressIsSplitIntoHostAndPort() {
        let url = RedisURL(
            host: "x", port: 1, usesTLS: true, user: nil, password: nil, database: 0, authorityFile: nil)
        #expect(url.at("10.0.0.1:6380").host == "10.0.0.1" && url.at("10.0.0.1:6380").port == 6380)
        #expect(url.at("[::1]:6380").host == "::1")
    }
}
