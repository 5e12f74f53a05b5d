import Foundation
import OpsModel
import PostgresClient
import SocketClient

private typealias Flaw = SelfTest<PgBouncerSubject>.Flaw

extension PgBouncerSubject {
    package static var selfTest: SelfTest<Self> {
        let url = PostgresURL(
            host: "pool.example", port: 6432, user: "probe", password: nil, database: "pgbouncer", tlsMode: .verifyFull,
            authorityFile: nil)
        var expectation = PgBouncerExpectation(url: url)
        (expectation.minimumVersion, expectation.databases, expectation.throughURL) = ("1.18", ["app"], url)
        var healthy = PgBouncerSnapshot(session: .seen("1.18.0"))
        healthy.takenAt = Date(timeIntervalSince1970: 1_800_000_000)
        (healthy.tls, healthy.through) = (.selfTest(at: healthy.takenAt), .seen(3))
        healthy.put(
            "POOLS",
            ["database": "app", "user": "app", "cl_waiting": "0", "sv_active": "2", "maxwait": "0", "maxwait_us": "0"])
        healthy.put("DATABASES", ["name": "app", "paused": "0", "disabled": "0", "pool_size": "20"])
        healthy.put("CONFIG", ["key": "max_client_conn", "value": "100"])
        healthy.put("LISTS", ["list": "used_clients", "items": "7"])
        return SelfTest(expectation: expectation, healthy: healthy, flaws: entranceFlaws + poolFlaws)
    }

    private static var entranceFlaws: [SelfTest<PgBouncerSubject>.Flaw] {
        [
            Flaw("connect", "nobody listens") { snapshot, _ in
                snapshot.session = .failed(LookFailure(reason: .refused, phase: "connect", message: "refused"))
            },
            Flaw("tls", "a session in the clear") { snapshot, _ in snapshot.tls = nil },
            Flaw("authenticate", "a wrong password") { snapshot, _ in
                snapshot.session = .failed(
                    LookFailure(reason: .authentication, phase: "authenticate", message: "no", code: "08P01"))
            },
            Flaw("tls_version", "TLS 1.1") { snapshot, _ in snapshot.tls?.version = "TLSv1.1" },
            Flaw("certificate_expiry", "expired") { snapshot, _ in snapshot.takenAt += 86_400 * 101 },
            Flaw("version", "an old one") { snapshot, _ in snapshot.session = .seen("1.9.0") },
            Flaw("through_pooler", "the server refuses") { snapshot, _ in
                snapshot.through = .failed(
                    LookFailure(reason: .unreachable, phase: "authenticate", message: "server login failed"))
            },
            Flaw("through_pooler", "no answer in time", gives: .unknown) { snapshot, _ in
                snapshot.through = .failed(LookFailure(reason: .timeout, phase: "authenticate", message: "deadline"))
            },
        ]
    }

    private static var poolFlaws: [SelfTest<PgBouncerSubject>.Flaw] {
        func flaw(
            _ check: String, _ answer: String, _ column: String, _ value: String, gives status: CheckStatus = .fail
        ) -> SelfTest<PgBouncerSubject>.Flaw {
            Flaw(check, "\(column) is \(value)", gives: status) { snapshot, _ in
                guard var table = snapshot.answers[answer]?.facts, let index = table.columns.firstIndex(of: column)
                else { return }
                table.rows[0][index] = value
                snapshot.answers[answer] = .seen(table)
            }
        }
        return [
            flaw("databases", "DATABASES", "paused", "1"), flaw("databases", "DATABASES", "disabled", "1"),
            flaw("databases", "DATABASES", "name", "other"), flaw("pool_wait", "POOLS", "maxwait", "12"),
            flaw("pool_wait", "POOLS", "maxwait_us", "1500000", gives: .warn),
            flaw("clients_waiting", "POOLS", "cl_waiting", "101"),
            flaw("pool_saturation", "POOLS", "sv_active", "19", gives: .warn),
            flaw("client_saturation", "LISTS", "items", "99"),
            flaw("client_saturation", "LISTS", "list", "other", gives: .unknown),
        ]
    }
}

extension PgBouncerSnapshot {
    fileprivate mutating func put(_ answer: String, _ row: [String: String]) {
        let columns = row.keys.sorted()
        answers[answer] = .seen(PostgresTable(columns: columns, rows: [columns.map { row[$0] }]))
    }
}
