import Foundation
import HTTPClient
import OpsModel
import ProcessClient
import SocketClient
import TestSupport
import Testing

@testable import Probes

@Suite(.enabled(if: Requirement("haproxy", "openssl").isMet, "haproxy or openssl is not installed"))
struct TLSProbeTests {
    private static let addresses = ["app.test": ["127.0.0.1"], "x.apps.test": ["127.0.0.1"]]

    private func tls(_ servers: TLSServers, _ port: TLSServers.Port, host: String = "app.test") -> TLSSubject {
        TLSSubject(TLSProbeExpectation(host: host, port: servers.port(port), authorityFile: servers.authority))
    }

    private func http(
        _ servers: TLSServers, _ port: TLSServers.Port, _ change: (inout HTTPExpectation) -> Void = { _ in }
    ) -> HTTPSubject {
        let url = "https://app.test:\(servers.port(port))/"
        var expectation = HTTPExpectation(
            url: url, answer: HTTPAnswerExpectation(), authorityFile: servers.authority)
        change(&expectation)
        return HTTPSubject(url: Secret(url), expectation)
    }

    private func look<Subject: ProbeSubject>(_ subject: Subject) async -> [String: CheckResult] {
        await results(of: subject, addresses: Self.addresses)
    }

    @Test func eachFaultOfACertificateIsSeenAsItself() async throws {
        try await TLSServers.run { servers in
            #expect(await look(tls(servers, .good)).troubles == [])
            #expect(await look(tls(servers, .good, host: "x.apps.test")).troubles == [])
            #expect(await look(tls(servers, .good, host: "127.0.0.1")).troubles == [])
            let expired = await look(tls(servers, .expired))
            #expect(expired.troubles == ["certificate_expiry fail", "handshake fail", "tls_version blocked"])
            #expect(expired["handshake"]?.reason == .certificate)
            #expect(
                expired["handshake"]?.observed
                    == "expired on 2021-01-02: /CN=app.test, names app.test, *.apps.test")
            let other = await look(tls(servers, .otherName))
            #expect(other.troubles == ["handshake fail", "names fail", "tls_version blocked"])
            #expect(other["names"]?.observed == "other.test")
            let selfSigned = await look(tls(servers, .selfSigned))
            #expect(selfSigned.troubles == ["handshake fail", "self_signed fail", "tls_version blocked"])
            let stale = await look(tls(servers, .expiredIntermediate))
            #expect(
                stale["handshake"]?.observed.hasPrefix("expired on 2021-01-01: /CN=staleintermediate, above /CN=app")
                    == true)
            #expect(stale.status("certificate_expiry") == .fail)
            let soon = await look(tls(servers, .soon))
            #expect(soon.troubles == ["certificate_expiry warn"])
            #expect(soon["certificate_expiry"]?.measure?.value.rounded(.up) == 10)
        }
    }

    @Test func oldVersionsAreFoundWhetherBesideNewOnesOrAlone() async throws {
        try await TLSServers.run { servers in
            #expect(await look(tls(servers, .oldToo)).troubles == ["old_versions_refused fail"])
            let only = await look(tls(servers, .oldOnly))
            #expect(only.troubles == ["handshake fail", "old_versions_refused fail", "tls_version fail"])
            #expect(only["tls_version"]?.observed == "TLSv1.1")
        }
    }

    @Test func aPortWithoutTLSAndAClosedOneAreNoCertificateFaults() async throws {
        try await TLSServers.run { servers in
            let plain = await look(tls(servers, .plain))
            #expect(plain["handshake"]?.reason == .tls)
            #expect(plain.status("certificate_expiry") == .blocked)
            #expect(plain.status("old_versions_refused") == .blocked)
        }
        let closed = try freeLoopbackPorts(1)[0]
        let seen = await results(of: TLSSubject(TLSProbeExpectation(host: "127.0.0.1", port: closed)))
        #expect(seen["connect"]?.reason == .refused)
        let silent = try SilentListener()
        let quiet = TLSSubject(TLSProbeExpectation(host: "127.0.0.1", port: silent.port))
        #expect(await results(of: quiet, timeout: .milliseconds(200)).status("handshake") == .unknown)
    }

    @Test func anHTTPTargetTellsTheFactsOfARefusedCertificate() async throws {
        try await TLSServers.run { servers in
            #expect(await look(http(servers, .good)).troubles == [])
            let expired = await look(http(servers, .expired))
            #expect(expired.status("connect") == .fail)
            #expect(expired["connect"]?.reason == .certificate)
            #expect(expired["connect"]?.observed.hasPrefix("expired on 2021-01-02: /CN=app.test") == true)
            #expect(expired.status("certificate_expiry") == .fail)
            #expect(expired.status("status") == .blocked)
            #expect(await look(http(servers, .soon)).troubles == ["certificate_expiry warn"])
            let readiness = await results(of: http(servers, .expired), addresses: Self.addresses, profile: .readiness)
            #expect(readiness["connect"]?.observed.hasPrefix("expired on 2021-01-02") == true)
        }
    }

    @Test func plainHTTPMustRedirectOrRefuse() async throws {
        try await TLSServers.run { servers in
            func seen(_ port: Int) async -> CheckStatus? {
                await look(http(servers, .good) { $0.plaintextPort = port }).status("plaintext_redirect")
            }
            #expect(await seen(servers.port(.redirecting)) == .pass)
            #expect(await seen(servers.port(.plain)) == .fail)
            #expect(await seen(try freeLoopbackPorts(1)[0]) == .pass)
            let silent = try SilentListener()
            let slow = http(servers, .good) { $0.plaintextPort = silent.port }
            let late = await results(of: slow, addresses: Self.addresses, timeout: .milliseconds(300))
            #expect(late.status("plaintext_redirect") == .unknown)
        }
    }

    @Test func clientCertificatesAndHTTP2AreSpoken() async throws {
        try await TLSServers.run { servers in
            #expect(await look(http(servers, .good) { $0.version = .http2 }).troubles == [])
            let url = "https://app.test:\(servers.port(.mutual))/"
            var call = HTTPCall(url: Secret(url))
            let expectation = HTTPExpectation(
                url: url, answer: HTTPAnswerExpectation(), authorityFile: servers.authority)
            #expect(await look(HTTPSubject(call, expectation)).status("connect") == .fail)
            let pem = "\(servers.folder)/client.pem"
            call.clientCertificate = ClientCertificate(certificateFile: pem, keyFile: pem)
            #expect(await look(HTTPSubject(call, expectation)).status("status") == .pass)
        }
    }

    @Test func aNameStandsForExactlyOneLabel() {
        #expect(covers(["*.a.test"], "b.a.test") && covers(["A.test"], "a.TEST"))
        #expect(!covers(["*.a.test"], "a.test") && !covers(["*.a.test"], "c.b.a.test") && !covers([], "a.test"))
    }
}
