import Database
import Disk
import Foundation
package import OpsModel

/// The append-only, hash-chained record under everything. An append has reached the disk when it returns.
package struct Ledger: Sendable {
    let database: Database
    package var location: String { database.location }

    /// Opens the ledger file (mode 0600), creating it and its folder when missing.
    package static func open(path: String) async throws -> Ledger {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        if !FileManager.default.fileExists(atPath: path) {
            guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
            else {
                throw DiskError.failed(action: "create the ledger", path: path, errno: errno)
            }
        }
        return try await open(url: Secret("sqlite://\(path)"))
    }

    /// Opens a ledger that a team shares: a Postgres database of its own.
    package static func open(postgres url: Secret) async throws -> Ledger { try await open(url: url) }

    private static func open(url: Secret) async throws -> Ledger {
        let database = try await Database.open(url)
        _ = try await database.migrate(ledgerMigrations)
        return Ledger(database: database)
    }

    /// Keeps others from reading what this transaction is about to change. SQLite's writers are alone from their beginning.
    static func lock(_ table: String, _ transaction: Transaction) async throws {
        guard transaction.dialect == .postgres else { return }
        try await transaction.execute("LOCK TABLE \(raw: table) IN EXCLUSIVE MODE")
    }

    /// Appends an entry.
    /// - Parameters:
    ///   - lease: what must still be held in the very transaction; nil for what anybody may say.
    ///   - usesReserve: whether room that `reserve` keeps is given up when there is no other left.
    /// - Throws: `LedgerError.leaseLost`; nothing was written then.
    @discardableResult
    package func append(
        subject: String, kind: LedgerEntry.Kind, step: String, payload: some Encodable & Sendable,
        under lease: Lease? = nil, usesReserve: Bool = false
    ) async throws -> LedgerEntry {
        do { return try await append(subject, kind, step, payload, lease) } catch let error as DatabaseError {
            guard usesReserve, Self.isDiskFull(error), try releaseReserve() else { throw error }
            return try await append(subject, kind, step, payload, lease)
        }
    }

    private static func require(_ lease: Lease, _ transaction: Transaction) async throws {
        try await lock("lease", transaction)
        let rows = try await transaction.query(
            "SELECT epoch FROM lease WHERE name = \(lease.name) AND epoch = \(lease.epoch) AND holder IS NOT NULL")
        guard !rows.isEmpty else { throw LedgerError.leaseLost(name: lease.name, epoch: lease.epoch) }
    }

    private func append(
        _ subject: String, _ kind: LedgerEntry.Kind, _ step: String, _ payload: some Encodable & Sendable,
        _ lease: Lease?
    ) async throws -> LedgerEntry {
        let text = String(decoding: try canonicalJSON(payload), as: UTF8.self)
        let at = rfc3339(Date())
        return try await database.transaction { transaction in
            try await Self.lock("ledger_entry", transaction)
            if let lease { try await Self.require(lease, transaction) }
            let last = try await transaction.query(
                "SELECT sequence, hash FROM ledger_entry ORDER BY sequence DESC LIMIT 1"
            ).first
            let previous = try last.map { (try $0.get("sequence", as: Int.self), try $0.get("hash", as: String.self)) }
            let entry = LedgerEntry(
                after: previous ?? (0, LedgerEntry.genesis), subject: subject, kind: kind, step: step, payload: text,
                at: at)
            try await transaction.execute(
                """
                INSERT INTO ledger_entry (sequence, subject, kind, step, payload, at, previous_hash, hash)
                VALUES (\(entry.sequence), \(entry.subject), \(entry.kind.rawValue), \(entry.step), \(entry.payload), \(entry.at),
                        \(entry.previousHash), \(entry.hash))
                """)
            return entry
        }
    }

    /// Entries in order; of one subject from behind a sequence number, of subjects that begin with a prefix, or all.
    package func entries(
        subject: String? = nil, after sequence: Int = 0, subjectPrefix: String = ""
    ) async throws -> [LedgerEntry] {
        let rows =
            if let subject {
                try await database.query(
                    "SELECT * FROM ledger_entry WHERE subject = \(subject) AND sequence > \(sequence) ORDER BY sequence"
                )
            } else {
                try await database.query(
                    "SELECT * FROM ledger_entry WHERE substr(subject, 1, \(subjectPrefix.count)) = \(subjectPrefix) ORDER BY sequence"
                )
            }
        return try rows.map { row in
            guard let kind = LedgerEntry.Kind(rawValue: try row.get("kind", as: String.self)) else {
                throw LedgerError.tampered(
                    place: location, sequence: try row.get("sequence"), why: "unknown kind of entry")
            }
            return LedgerEntry(
                sequence: try row.get("sequence"), subject: try row.get("subject"), kind: kind,
                step: try row.get("step"),
                payload: try row.get("payload"), at: try row.get("at"), previousHash: try row.get("previous_hash"),
                hash: try row.get("hash"))
        }
    }

    /// Walks the whole chain. - Returns: the number of entries. - Throws: `LedgerError.tampered` at the first break.
    package func verify() async throws -> Int {
        var previous = (sequence: 0, hash: LedgerEntry.genesis)
        for entry in try await entries() {
            guard entry.sequence == previous.sequence + 1 else {
                throw LedgerError.tampered(
                    place: location, sequence: entry.sequence, why: "an entry before it is missing")
            }
            guard entry.previousHash == previous.hash, entry.isIntact else {
                throw LedgerError.tampered(
                    place: location, sequence: entry.sequence, why: "its hash does not fit its content")
            }
            previous = (entry.sequence, entry.hash)
        }
        return previous.sequence
    }
}

private let ledgerMigrations = [
    Migration(
        1, "entries and leases",
        common: """
            CREATE TABLE ledger_entry (
                sequence INTEGER PRIMARY KEY,
                subject TEXT NOT NULL,
                kind TEXT NOT NULL,
                step TEXT NOT NULL,
                payload TEXT NOT NULL,
                at TEXT NOT NULL,
                previous_hash TEXT NOT NULL,
                hash TEXT NOT NULL
            );
            CREATE INDEX ledger_entry_subject ON ledger_entry (subject, sequence);
            CREATE TABLE lease (
                name TEXT PRIMARY KEY,
                epoch INTEGER NOT NULL,
                holder TEXT
            );
            """),
    Migration(
        2, "leases run out by the store's clock; dead man's handles",
        common: """
            ALTER TABLE lease ADD COLUMN until BIGINT NOT NULL DEFAULT 0;
            ALTER TABLE lease ADD COLUMN clock TEXT NOT NULL DEFAULT '';
            CREATE TABLE timer (
                name TEXT PRIMARY KEY,
                until BIGINT NOT NULL,
                clock TEXT NOT NULL
            );
            """),
]
