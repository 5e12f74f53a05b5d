import Foundation
import OpsModel
import PostgresClient
import SocketClient

extension PostgresSubject {
    package static var selfTest: SelfTest<Self> {
        SelfTest(
            expectation: .selfTest, healthy: .selfTest,
            flaws: sessionFlaws + canaryFlaws + configurationFlaws + accessFlaws + replicationFlaws + activityFlaws
                + storageFlaws)
    }
}

extension PostgresExpectation {
    /// Asks for everything that can be asked for.
    fileprivate static var selfTest: PostgresExpectation {
        let url = PostgresURL(
            host: "db.example", port: 5432, user: "probe", password: nil, database: "app", tlsMode: .verifyFull,
            authorityFile: nil)
        var expectation = PostgresExpectation(url: url, role: .primary, protection: .verified, writesCanary: true)
        (expectation.minimumVersion, expectation.settings) = ("15.9", ["max_connections": "100"])
        (expectation.systemIdentifier, expectation.standbyCount, expectation.archivesWAL) = ("7", 1, true)
        (expectation.appRole, expectation.extensions, expectation.replicaURL) = ("app", ["hstore": "1.8"], url)
        expectation.migrations = .init(
            table: "schema_migration", column: "version", expected: "7", dirtyColumn: "dirty")
        (expectation.auditsAccess, expectation.readsSequences) = (true, true)
        return expectation
    }
}

extension PostgresSnapshot {
    /// A server on which every check passes: primary and replica at once, which no real one is.
    fileprivate static var selfTest: PostgresSnapshot {
        var snapshot = PostgresSnapshot(
            session: .seen(
                .init(
                    version: "15.20", versionNumber: 150_020, isReplica: false, user: "probe", database: "app",
                    isWritableByDefault: true, isSuperuser: false, seesStatistics: true, seesSettings: true)),
            plaintext: .seen(.refused))
        snapshot.takenAt = Date(timeIntervalSince1970: 1_800_000_000)
        snapshot.tls = .selfTest(at: snapshot.takenAt)
        snapshot.canary = .seen(.init(wasReadBack: true, wasRemoved: true, elapsedMilliseconds: 4))
        snapshot.replicaCanary = .seen(.init(seenAfterMilliseconds: 20, waitedMilliseconds: 20))
        snapshot.answers = healthyAnswers.mapValues { rows in
            let columns = rows.first.map { $0.keys.sorted() } ?? []
            return .seen(
                PostgresTable(columns: columns, rows: rows.map { row in columns.map { row[$0] ?? nil } }))
        }
        return snapshot
    }

    private static var healthyAnswers: [String: [[String: String?]]] {
        let names = ["synchronous_standby_names": "s1", "archive_mode": "on", "autovacuum": "on", "track_counts": "on"]
            .merging(["password_encryption": "scram-sha-256", "max_connections": "100"]) { $1 }
        let rights = ["superuser", "createdb", "createrole", "replication", "bypassrls", "public_create"]
        let role: [String: String?] = Dictionary(uniqueKeysWithValues: rights.map { ($0, "f") })
            .merging(["name": "app", "limit": "10", "sessions": "2", "seconds_left": "8640000", "powers": nil]) { $1 }
        return [
            "settings": names.sorted { $0.key < $1.key }.map {
                ["name": $0.key, "setting": $0.value, "shown": $0.value, "pending": "f", "source": "default"]
            },
            "roles": [role], "identity": [["id": "7"]], "extensions": [["name": "hstore", "version": "1.8"]],
            "migrations": [["version": "7", "dirty": "0"]],
            "access": [["line": "3", "type": "hostssl", "method": "scram-sha-256", "error": nil]],
            "replication": [
                [
                    "received": "0/3000148", "replayed": "0/3000148", "behind": "0", "replay_age": "900", "paused": "f",
                    "receiver": "9", "status": "streaming", "silence": "0.2", "streams": "t", "receiver_timeout": "60",
                    "now": "100",
                ]
            ],
            "standbys": [["pid": "5", "name": "s1", "state": "streaming", "sync": "sync"]],
            "slots": [["name": "s1", "active": "t", "status": "reserved", "retained": "0"]],
            "archiver": [
                [
                    "archived": "000000010000000000000004", "archived_age": "9000", "failed": nil, "failed_age": nil,
                    "current": "000000010000000000000005", "segment_size": "16777216",
                ]
            ],
            "connections": [["used": "5", "most": "100", "reserved": "3"]], "activity": [], "blocked": [],
            "prepared": [], "horizon": [["source": "session", "name": "5", "age": "3"]],
            "wraparound": [["name": "app", "xid": "1000", "mxid": "10"]], "indexes": [], "triggers": [],
            "sequences": [["name": "t_id_seq", "readable": "t", "hidden": "0", "used": "1.5"]],
            "checksums": [["enabled": "on", "failures": "0", "databases": nil]],
        ]
    }
}

extension TLSFacts {
    /// A chain that is valid for a hundred days.
    static func selfTest(at time: Date) -> TLSFacts {
        let chain = ["/CN=db.example", "/CN=authority"].enumerated().map { index, name in
            CertificateFacts(
                subject: name, issuer: "/CN=authority", notBefore: time,
                notAfter: time + 86_400 * Double(100 + index * 1000), names: [], fingerprint: "")
        }
        return TLSFacts(version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384", chain: chain, refusal: nil)
    }
}
