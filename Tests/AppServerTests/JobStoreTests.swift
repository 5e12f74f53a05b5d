import Compression
import Database
import OpsModel
import Synchronization
import TestSupport
import Testing

@testable import AppServer

/// The queue on both engines.
@Suite struct JobStoreTests {
    enum Engine: String, CaseIterable {
        case sqlite, postgres

        static var available: [Engine] { Requirement.postgres.isMet ? allCases : [.sqlite] }

        func withStore(_ body: (JobStore) async throws -> Void) async throws {
            switch self {
            case .sqlite:
                try await withScratchDirectory { try await run(Secret("sqlite://\($0)/app.db"), body) }
            case .postgres: try await withPostgres { try await run($0.url(), body) }
            }
        }

        private func run(_ url: Secret, _ body: (JobStore) async throws -> Void) async throws {
            let database = try await Database.open(url)
            try await database.migrate(AppSchema.migrations)
            try await body(JobStore(database: database))
            try await database.close()
        }
    }

    private func insert(_ count: Int, into store: JobStore) async throws -> [String] {
        var ids: [String] = []
        for _ in 0..<count {
            ids.append(JobID.make())
            try await store.insert(
                id: ids[ids.count - 1], kind: .pdf, preset: .balanced, filename: "a.pdf", bytes: 10)
        }
        return ids
    }

    private func expireLease(_ id: String, _ store: JobStore) async throws {
        try await store.database.execute("UPDATE job SET lease_until = 1 WHERE id = \(id)")
    }

    private let report = CompressionReport(outcome: .compressed, inputBytes: 10, outputBytes: 5, pages: 1)

    @Test(arguments: Engine.available)
    func manyWorkersNeverGetTheSameJob(_ engine: Engine) async throws {
        try await engine.withStore { store async throws in
            let ids = try await insert(60, into: store)
            let claimed = try await withThrowingTaskGroup(of: [String].self) { group in
                for worker in 0..<8 {
                    group.addTask {
                        var mine: [String] = []
                        while let claim = try await store.claim(worker: "w\(worker)") { mine.append(claim.job.id) }
                        return mine
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(claimed.count == 60)
            #expect(Set(claimed) == Set(ids))
        }
    }

    @Test(arguments: Engine.available)
    func completedJobKeepsItsReport(_ engine: Engine) async throws {
        try await engine.withStore { store async throws in
            let id = try await insert(1, into: store)[0]
            let claim = try #require(try await store.claim(worker: "w"))
            #expect(try await store.complete(claim, report))
            let job = try #require(try await store.find(id))
            #expect(job.status == .completed)
            #expect(job.report == report)
            #expect(job.attempts == 1)
            #expect(job.finishedAt != nil)
        }
    }

    @Test(arguments: Engine.available)
    func workerThatLostItsLeaseCannotFinishTheJob(_ engine: Engine) async throws {
        try await engine.withStore { store async throws in
            let id = try await insert(1, into: store)[0]
            let slow = try #require(try await store.claim(worker: "slow"))
            try await expireLease(id, store)
            #expect(try await store.reapExpiredLeases().map(\.status) == [.queued])
            let quick = try #require(try await store.claim(worker: "quick"))
            #expect(try await store.renew(slow) == false)
            #expect(try await store.complete(slow, report) == false)
            #expect(try await store.release(slow, countsAttempt: true) == false)
            #expect(try await store.complete(quick, report))
            #expect(quick.job.attempts == 2)
        }
    }

    @Test(arguments: Engine.available)
    func jobWhoseWorkersVanishThreeTimesFails(_ engine: Engine) async throws {
        try await engine.withStore { store async throws in
            let id = try await insert(1, into: store)[0]
            for expected in [JobStatus.queued, .queued, .failed] {
                _ = try #require(try await store.claim(worker: "w"))
                try await expireLease(id, store)
                #expect(try await store.reapExpiredLeases().map(\.status) == [expected])
            }
            #expect(try await store.find(id)?.failure?.code == "worker_crashed")
            #expect(try await store.claim(worker: "w") == nil)
        }
    }

    @Test(arguments: Engine.available)
    func jobThatIsNotToBlameKeepsItsAttempts(_ engine: Engine) async throws {
        try await engine.withStore { store async throws in
            let id = try await insert(1, into: store)[0]
            let claim = try #require(try await store.claim(worker: "w"))
            #expect(try await store.release(claim, countsAttempt: false, delay: .seconds(60)))
            #expect(try await store.find(id)?.attempts == 0)
            #expect(try await store.claim(worker: "w") == nil, "its time has not come")
            #expect(try await store.queuedCount() == 1)
        }
    }

    @Test(arguments: Engine.available)
    func liveJobsAreNotReaped(_ engine: Engine) async throws {
        try await engine.withStore { store async throws in
            _ = try await insert(1, into: store)
            let claim = try #require(try await store.claim(worker: "w"))
            try await store.record(CompressionProgress(stage: "images", done: 2, total: 9), of: claim)
            #expect(try await store.reapExpiredLeases().isEmpty)
            #expect(try await store.find([claim.job.id]).first?.progress?.done == 2)
            #expect(try await store.renew(claim))
            #expect(try await store.counts() == [.processing: 1])
        }
    }

    @Test(arguments: Engine.available)
    func onlyFreshHeartbeatsCountAsWorkers(_ engine: Engine) async throws {
        try await engine.withStore { store async throws in
            let registry = WorkerRegistry(jobs: store)
            #expect(try await registry.liveSlots() == 0)
            try await registry.beat(worker: "a", release: "1", slots: 2)
            try await registry.beat(worker: "a", release: "1", slots: 2)
            try await registry.beat(worker: "b", release: "1", slots: 3)
            #expect(try await registry.liveSlots() == 5)
            try await store.database.execute("UPDATE worker SET seen_at = seen_at - 60000 WHERE id = 'b'")
            #expect(try await registry.liveSlots() == 2)
        }
    }
}
