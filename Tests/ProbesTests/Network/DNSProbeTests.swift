import Foundation
import OpsModel
import ProcessClient
import SocketClient
import TestSupport
import Testing

@testable import Probes

@Suite(.enabled(if: Requirement("dnsmasq").isMet, "dnsmasq is not installed")) struct DNSProbeTests {
    /// dnsmasq with records of every kind; `address` differs between servers that should agree and do not.
    private func withDNS(
        address: String = "192.0.2.1", _ body: (DNSResolver) async throws -> Void
    ) async throws {
        try await withScratchDirectory { folder in
            let port = try freeLoopbackPorts(1)[0]
            let long = (0..<12).map { "--txt-record=long.test,\($0)-\(String(repeating: "x", count: 200))" }
            let arguments =
                [
                    "--no-daemon", "--conf-file=/dev/null", "--no-hosts", "--no-resolv", "--port=\(port)",
                    "--listen-address=127.0.0.1", "--bind-interfaces", "--local=/test/", "--local-ttl=300",
                    "--user=root", "--pid-file=", "--host-record=app.test,\(address),2001:db8::1",
                    "--cname=www.test,app.test", "--mx-host=app.test,mail.test,10", "--txt-record=app.test,v=spf1 -all",
                    "--srv-host=_http._tcp.app.test,app.test,8080,1,2",
                    "--dns-rr=app.test,257,0005697373756561", "--ptr-record=1.2.0.192.in-addr.arpa,app.test",
                ] + long
            let resolver = DNSResolver(address: "127.0.0.1", port: port)
            try await withProgram("dnsmasq", arguments, name: "dnsmasq", in: folder, port: port) {
                try await body(resolver)
            }
        }
    }

    private func subject(
        _ resolvers: DNSResolver..., name: String = "app.test", type: DNSType = .a,
        _ change: (inout DNSExpectation) -> Void = { _ in }
    ) -> DNSSubject {
        var expectation = DNSExpectation(name: name, type: type, resolvers: resolvers)
        change(&expectation)
        return DNSSubject(expectation)
    }

    @Test func recordsOfEveryKindAreRead() async throws {
        try await withDNS { resolver in
            let wanted: [(String, DNSType, String)] = [
                ("app.test", .a, "192.0.2.1"), ("APP.test.", .aaaa, "2001:db8::1"), ("www.test", .cname, "app.test"),
                ("www.test", .a, "192.0.2.1"), ("app.test", .mx, "10 mail.test"), ("app.test", .txt, "v=spf1 -all"),
                ("_http._tcp.app.test", .srv, "1 2 8080 app.test"), ("app.test", .caa, "0 issue a"),
                ("1.2.0.192.in-addr.arpa", .ptr, "app.test"),
            ]
            for (name, type, value) in wanted {
                let seen = await results(
                    of: subject(resolver, name: name, type: type) {
                        $0.equals = [type == .mx ? "10 MAIL.test." : value]
                    })
                #expect(seen.troubles == [], "\(name) \(type): \(seen["records"]?.observed ?? "")")
            }
        }
    }

    @Test func aLongAnswerComesOverTCP() async throws {
        try await withDNS { resolver in
            let seen = await results(of: subject(resolver, name: "long.test", type: .txt) { $0.atLeast = 12 })
            #expect(seen.troubles == [])
            #expect(seen["answer"]?.observed.hasSuffix("over TCP") == true)
        }
    }

    @Test func eachWrongExpectationFailsItsOwnCheck() async throws {
        try await withDNS { resolver in
            let other = await results(of: subject(resolver) { $0.equals = ["192.0.2.9"] })
            #expect(other.troubles == ["records fail"])
            #expect(other["records"]?.observed == "192.0.2.1")
            let absent = await results(of: subject(resolver, name: "absent.test"))
            #expect(absent.troubles == ["records blocked", "rcode fail", "ttl blocked"].sorted())
            #expect(absent["rcode"]?.observed == "NXDOMAIN")
            #expect(await results(of: subject(resolver, name: "absent.test") { $0.rcode = "NXDOMAIN" }).troubles == [])
            #expect(await results(of: subject(resolver) { $0.atMost = 0 }).troubles == ["records fail"])
            let none = await results(of: subject(resolver, name: "mail.test", type: .mx))
            #expect(none.status("records") != .pass)
        }
    }

    @Test func resolversThatDisagreeAreNamed() async throws {
        try await withDNS { one in
            try await withDNS { two in
                #expect(await results(of: subject(one, two)).troubles == [])
            }
            try await withDNS(address: "192.0.2.2") { two in
                let seen = await results(of: subject(one, two))
                #expect(seen.troubles == ["agreement fail"])
                #expect(seen["agreement"]?.observed.contains("\(two.text): NOERROR 192.0.2.2") == true)
            }
            let closed = DNSResolver(address: "127.0.0.1", port: try freeLoopbackPorts(1)[0])
            #expect(await results(of: subject(one, closed)).troubles == ["agreement unknown"])
            #expect(await results(of: subject(closed)).status("answer") == .fail)
        }
    }

    @Test func aSilentResolverIsUnknown() async throws {
        let silent = try SilentUDPPort()
        let resolver = DNSResolver(address: "127.0.0.1", port: silent.port)
        let seen = await results(of: subject(resolver), timeout: .milliseconds(200))
        #expect(seen.status("answer") == .unknown)
        #expect(seen["answer"]?.reason == .timeout)
        #expect(seen.status("records") == .blocked)
    }
}
