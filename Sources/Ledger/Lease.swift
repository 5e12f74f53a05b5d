import Database
import Foundation
import Glibc
import OpsModel
import Synchronization

/// Who holds a lease.
package struct LeaseHolder: Codable, Sendable, Equatable {
    package let host: String
    package let bootID: String
    package let pid: Int32
    package let startTicks: UInt64
    package let since: String
    package let epoch: Int

    package init(host: String, bootID: String, pid: Int32, startTicks: UInt64, since: String, epoch: Int) {
        (self.host, self.bootID, self.pid, self.startTicks) = (host, bootID, pid, startTicks)
        (self.since, self.epoch) = (since, epoch)
    }
}

/// How long a lease lasts. The holder stops before the store lets anybody else in: `patience` is shorter than `duration`.
package struct LeaseTerms: Sendable {
    /// By the store's clock, from the last renewal.
    package var duration: Duration = .seconds(30)
    package var renewal: Duration = .seconds(10)
    /// By this machine's monotonic clock, suspension included: after so long without a renewal nothing is written any more.
    package var patience: Duration = .seconds(20)
    package init() {}
}

/// A lease that this process holds; `epoch` grows with every holder and fences writes of earlier ones.
package final class Lease: Sendable {
    package let name: String
    package let epoch: Int
    package let terms: LeaseTerms
    private let renewedAt: Mutex<ContinuousClock.Instant>

    init(name: String, epoch: Int, terms: LeaseTerms, asked: ContinuousClock.Instant) {
        (self.name, self.epoch, self.terms) = (name, epoch, terms)
        renewedAt = Mutex(asked)
    }

    /// Whether this process may still write without asking the store again.
    package var isFresh: Bool { renewedAt.withLock { .now - $0 } < terms.patience }

    /// `asked` is when the renewal was sent: the store cannot have begun to count later.
    func renewed(asked: ContinuousClock.Instant) { renewedAt.withLock { $0 = max($0, asked) } }
}

extension Ledger {
    /// The store's clock in milliseconds: a server's own, on which holders on several machines agree, or the time since this machine
    /// was started, which nobody sets.
    static var now: SQL {
        SQL(sqlite: "\(millisecondsSinceBoot())", postgres: "(extract(epoch FROM clock_timestamp()) * 1000)::bigint")
    }

    /// Which clock `now` is: a file's begins anew with every start of the machine, and what another one told is over.
    func clockName() throws -> String {
        guard database.dialect == .sqlite else { return "server" }
        return try String(contentsOf: URL(filePath: "/proc/sys/kernel/random/boot_id"), encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// clock_gettime(2), CLOCK_BOOTTIME: suspension included.
    private static func millisecondsSinceBoot() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }

    /// Takes the lease when it is free, has run out, or its holder is known to be dead; in one transaction.
    /// - Parameters:
    ///   - above: an epoch that somebody has seen in use; a ledger that was begun anew goes on behind it.
    ///   - isForced: whether it is taken from a holder that lives: its writes are fenced off from then on.
    ///   - isAlive: whether a recorded holder may still run.
    /// - Throws: `LedgerError.leaseHeld`.
    package func acquireLease(
        _ name: String, as holder: LeaseHolder, terms: LeaseTerms = LeaseTerms(), above: Int = 0,
        isForced: Bool = false, isAlive: @Sendable (LeaseHolder) throws -> Bool
    ) async throws -> Lease {
        let asked = ContinuousClock.now
        let clock = try clockName()
        let epoch = try await database.transaction { transaction in
            try await Self.lock("lease", transaction)
            let row = try await transaction.query(
                "SELECT epoch, holder, until > \(Self.now) AND clock = \(clock) AS runs FROM lease WHERE name = \(name)"
            ).first
            if !isForced, let row, let current = try Self.holder(row), try Self.runs(row), try isAlive(current) {
                throw LedgerError.leaseHeld(name: name, holder: current)
            }
            let epoch = max(try row?.get("epoch", as: Int.self) ?? 0, above) + 1
            let mine = LeaseHolder(
                host: holder.host, bootID: holder.bootID, pid: holder.pid, startTicks: holder.startTicks,
                since: holder.since, epoch: epoch)
            let text = String(decoding: try canonicalJSON(mine), as: UTF8.self)
            try await transaction.execute(
                """
                INSERT INTO lease (name, epoch, holder, until, clock)
                VALUES (\(name), \(epoch), \(text), \(Self.now) + \(terms.duration.milliseconds), \(clock))
                ON CONFLICT (name) DO UPDATE
                SET epoch = excluded.epoch, holder = excluded.holder, until = excluded.until, clock = excluded.clock
                """)
            return epoch
        }
        return Lease(name: name, epoch: epoch, terms: terms, asked: asked)
    }

    /// Renews the lease, which proves that nobody else has it.
    /// - Throws: `LedgerError.leaseLost` when another run has it now.
    package func confirm(_ lease: Lease) async throws {
        let asked = ContinuousClock.now
        let result = try await database.execute(
            """
            UPDATE lease SET until = \(Self.now) + \(lease.terms.duration.milliseconds)
            WHERE name = \(lease.name) AND epoch = \(lease.epoch) AND holder IS NOT NULL
            """)
        guard result.affected == 1 else { throw LedgerError.leaseLost(name: lease.name, epoch: lease.epoch) }
        lease.renewed(asked: asked)
    }

    /// Gives the lease back; one that was lost meanwhile stays with its new holder.
    package func release(_ lease: Lease) async throws {
        try await database.execute(
            "UPDATE lease SET holder = NULL WHERE name = \(lease.name) AND epoch = \(lease.epoch)")
    }

    /// Takes the lease from whoever holds it and gives it to nobody: what the holder still writes is fenced off.
    package func breakLease(_ name: String) async throws {
        try await database.execute("UPDATE lease SET holder = NULL, epoch = epoch + 1 WHERE name = \(name)")
    }

    /// Who holds the lease; nil when it is free or has run out.
    package func leaseHolder(_ name: String) async throws -> LeaseHolder? {
        let row = try await database.query(
            """
            SELECT epoch, holder, until > \(Self.now) AND clock = \(try clockName()) AS runs
            FROM lease WHERE name = \(name)
            """
        ).first
        guard let row, try Self.runs(row) else { return nil }
        return try Self.holder(row)
    }

    private static func runs(_ row: Row) throws -> Bool { try row.get("runs", as: Bool.self) }

    private static func holder(_ row: Row) throws -> LeaseHolder? {
        guard let text = try row.get("holder", as: String?.self) else { return nil }
        return try JSONDecoder().decode(LeaseHolder.self, from: Data(text.utf8))
    }
}
