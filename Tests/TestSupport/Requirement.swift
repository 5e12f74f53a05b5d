import Foundation
import ProcessClient

/// Programs that a live test needs: `@Suite(.enabled(if: Requirement.redis.isMet, Requirement.redis.comment))`.
///
/// A missing program skips the test, visibly; where `CI=true` or `OPSCTL_LIVE=1` the test runs, and fails by it.
package struct Requirement: Sendable {
    package let programs: [String]

    package init(_ programs: String...) { self.programs = programs }

    package static let postgres = Requirement("postgres", "initdb", "pg_basebackup", "psql", "openssl")
    package static let pgbouncer = Requirement(all: [postgres, Requirement("pgbouncer")])
    package static let redis = Requirement("redis-server", "redis-cli", "openssl")
    package static let radosgw = Requirement("ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "ceph", "monmaptool")
    package static let haproxy = Requirement("haproxy")
    package static let everything = Requirement(all: [postgres, redis, radosgw, haproxy])

    package init(all: [Requirement]) { programs = all.flatMap(\.programs) }

    package static var isMandatory: Bool {
        let environment = ProcessInfo.processInfo.environment
        return environment["CI"] == "true" || environment["OPSCTL_LIVE"] == "1"
    }

    package var missing: [String] { programs.filter { findExecutable($0) == nil } }
    package var isMet: Bool { missing.isEmpty || Self.isMandatory }
    package var reason: String { "not installed: \(missing.joined(separator: ", "))" }
}
