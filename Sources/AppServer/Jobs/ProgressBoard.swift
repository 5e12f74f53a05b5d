import Compression
import Foundation
import OpsModel
import RedisClient

/// Where workers write how far they are, and every instance can read it.
protocol ProgressBoard: Sendable {
    func record(_ progress: CompressionProgress, of claim: JobClaim) async throws
    /// What is known about these jobs; jobs without progress are left out. A board that cannot be asked knows nothing.
    func progress(of ids: [String]) async -> [String: CompressionProgress]
}

/// Progress in the job's own row, which `JobStore.find` reads along.
struct DatabaseProgressBoard: ProgressBoard {
    let jobs: JobStore

    func record(_ progress: CompressionProgress, of claim: JobClaim) async throws {
        try await jobs.record(progress, of: claim)
    }
    func progress(of ids: [String]) async -> [String: CompressionProgress] { [:] }
}

/// Progress in Redis, which spares the database a write for every step. Entries vanish by themselves.
struct RedisProgressBoard: ProgressBoard {
    private static let lifetime = 600
    let redis: RedisLink

    func record(_ progress: CompressionProgress, of claim: JobClaim) async throws {
        let text = String(decoding: try canonicalJSON(progress), as: UTF8.self)
        _ = try await redis.sendUnlessFailing([["SET", Self.key(claim.job.id), text, "EX", String(Self.lifetime)]])
    }

    func progress(of ids: [String]) async -> [String: CompressionProgress] {
        guard !ids.isEmpty else { return [:] }
        do {
            let reply = try await redis.sendUnlessFailing([["MGET"] + ids.map(Self.key)])
            guard case .array(let values)? = reply.first else { return [:] }
            var found: [String: CompressionProgress] = [:]
            for (id, value) in zip(ids, values) {
                guard let text = value.text else { continue }
                found[id] = try JSONDecoder().decode(CompressionProgress.self, from: Data(text.utf8))
            }
            return found
        } catch {
            return [:]  // readiness reports Redis; the job's state itself comes from the database
        }
    }

    private static func key(_ id: String) -> String { "app:job:\(id)" }
}
