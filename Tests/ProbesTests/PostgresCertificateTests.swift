import LocalServices
import OpsModel
import PostgresClient
@testable import Probes
import ProcessClient
import TestSupport
import Testing

/// The server's certificate, accepted and refused.
@Suite(.enabled(if: Requirement.postgres.isMet, "PostgreSQL is not installed")) struct PostgresCertificateTests {
    /// Gives the server another certificate of its own authority.
    private func renew(_ cluster: PostgresCluster, days: Int, names: String = "DNS:localhost,IP:127.0.0.1") async throws
    {
        let script = """
            cd authority && openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=renewed \
            -keyout new.key -out new.csr 2>/dev/null && echo "subjectAltName=\(names)" > new.ext && \
            openssl x509 -req -in new.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days \(days) -extfile new.ext \
            -out new.crt 2>/dev/null && cat new.crt > ../tls/server.crt && cat new.key > ../tls/server.key
            """
        let command = Command("/bin/sh", ["-c", script], workingDirectory: cluster.folder)
        try await runCommand(command, timeout: .seconds(30)).checked(command)
        try await cluster.sql("SELECT pg_reload_conf()")
    }

    @Test func anExpiredCertificateIsNamedAndIsNotDown() async throws {
        try await withPostgresCluster { cluster in
            try await renew(cluster, days: -1)
            try await eventually("the server has read it") {
                try await probe(cluster.url(.probe))["tls"]?.status == .fail
            }
            let checks = try await probe(cluster.url(.probe))
            #expect(checks["connect"]?.status == .pass)
            #expect(checks["tls"]?.reason == .certificate)
            #expect(
                checks["tls"]?.observed.hasPrefix("certificate has expired: /CN=renewed, for localhost, issued by")
                    == true)
            #expect(checks["tls"]?.fix?.hasPrefix("renew the certificate /CN=renewed") == true)
            #expect(checks["certificate_expiry"]?.status == .fail)
            #expect(checks["authenticate"]?.blockedBy == "db.tls")
            #expect(checks["role"]?.blockedBy == "db.tls")
        }
    }

    @Test func aCertificateThatExpiresSoonWarnsAndAnOldOneForAnotherNameIsRefused() async throws {
        try await withPostgresCluster { cluster in
            #expect(try await probe(cluster.url(.probe))["certificate_expiry"]?.status == .pass)
            try await renew(cluster, days: 10)
            try await eventually("the server has read it") {
                try await probe(cluster.url(.probe))["certificate_expiry"]?.status == .warn
            }
            try await renew(cluster, days: 100, names: "DNS:elsewhere.example")
            try await eventually("the server has read that") {
                try await probe(cluster.url(.probe))["tls"]?.status == .fail
            }
            let tls = try await probe(cluster.url(.probe))["tls"]
            #expect(tls?.observed.contains("mismatch: /CN=renewed, for elsewhere.example") == true, "\(tls!)")
        }
    }

    @Test func aStrangersAuthorityIsToldApartFromAServerWithoutTLS() async throws {
        try await withPostgresCluster { cluster in
            let other = try await TLSMaterial.ensure(in: "\(cluster.folder)/other")
            let stranger = try await probe(cluster.url(.probe)) { $0.url.authorityFile = other.authority }
            #expect(stranger["tls"]?.reason == .certificate)
            #expect(stranger["tls"]?.observed.contains("/CN=localhost") == true)
            #expect(stranger["certificate_expiry"]?.status == .pass)
            try await cluster.set("ssl", "off")
            try await eventually("the server has no TLS any more") {
                try await probe(cluster.url(.probe))["tls"]?.reason == .tls
            }
            let plain = try await probe(cluster.url(.probe))
            #expect(plain["connect"]?.status == .pass)
            #expect(plain["tls"]?.status == .fail)
        }
    }

    @Test func anOldProtocolVersionFails() async throws {
        var options = PostgresCluster.Options()
        options.settings = ["ssl_max_protocol_version": "TLSv1.2"]
        try await withPostgresCluster(options) { cluster in
            let checks = try await probe(cluster.url(.probe))
            #expect(checks["tls_version"]?.status == .pass)
            #expect(checks["tls_version"]?.observed == "TLSv1.2")
        }
    }
}
