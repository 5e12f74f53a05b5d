import Database
import Foundation
package import OpsModel

/// Who holds a lease. A holder whose process has ended holds nothing any more.
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

/// A lease that this process holds; `epoch` grows with every holder and fences writes of earlier ones.
package struct Lease: Sendable, Equatable {
    package let name: String
    package let epoch: Int
}

extension Ledger {
    /// Takes the lease when it is free or its holder is dead, in one transaction.
    /// - Parameter isAlive: whether a recorded holder still runs; asked for holders of this ledger only.
    /// - Throws: `LedgerError.leaseHeld`.
    package func acquireLease(
        _ name: String, as holder: LeaseHolder, isAlive: @Sendable (LeaseHolder) throws -> Bool
    ) async throws -> Lease {
        try await database.transaction { transaction in
            let row = try await transaction.query("SELECT epoch, holder FROM lease WHERE name = \(name)").first
            if let current = try row.flatMap({ try Self.holder($0) }), try isAlive(current) {
                throw LedgerError.leaseHeld(name: name, holder: current)
            }
            let epoch = try row.map { try $0.get("epoch", as: Int.self) + 1 } ?? 1
            let mine = LeaseHolder(
                host: holder.host, bootID: holder.bootID, pid: holder.pid, startTicks: holder.startTicks,
                since: holder.since,
                epoch: epoch)
            let text = String(decoding: try canonicalJSON(mine), as: UTF8.self)
            try await transaction.execute(
                """
                INSERT INTO lease (name, epoch, holder) VALUES (\(name), \(epoch), \(text))
                ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch, holder = excluded.holder
                """)
            return Lease(name: name, epoch: epoch)
        }
    }

    /// - Throws: `LedgerError.leaseLost` when another run has the lease now.
    package func confirm(_ lease: Lease) async throws {
        let row = try await database.query("SELECT epoch, holder FROM lease WHERE name = \(lease.name)").first
        guard let row, try row.get("epoch", as: Int.self) == lease.epoch else {
            throw LedgerError.leaseLost(name: lease.name, epoch: lease.epoch)
        }
    }

    /// Gives the lease back; one that was lost meanwhile stays with its new holder.
    package func release(_ lease: Lease) async throws {
        try await database.execute(
            "UPDATE lease SET holder = NULL WHERE name = \(lease.name) AND epoch = \(lease.epoch)")
    }

    package func leaseHolder(_ name: String) async throws -> LeaseHolder? {
        try await database.query("SELECT epoch, holder FROM lease WHERE name = \(name)").first.flatMap {
            try Self.holder($0)
        }
    }

    private static func holder(_ row: Row) throws -> LeaseHolder? {
        guard let text = try row.get("holder", as: String?.self) else { return nil }
        return try JSONDecoder().decode(LeaseHolder.self, from: Data(text.utf8))
    }
}
