import Foundation
import OpsModel
import ProcessClient
import TestSupport
import Testing

/// `opsctl probe run` with targets of the network kinds, as the environment file spells them.
@Suite struct NetworkProbeCommandTests {
    private func probe(_ probes: String, _ arguments: String...) async throws -> (status: Int32, text: String) {
        let file = "version: 1\nprotection: ephemeral\nprobes:\n" + probes
        var seen: (Int32, String) = (0, "")
        try await Program.withProject(file) { folder async throws in
            let result = try await Program.opsctl(["probe", "run"] + arguments, in: folder, environment: [:])
            seen = (result.status, result.output + result.errors)
        }
        return seen
    }

    @Test func closedPortsAreReadAndSecretsAreNotPrinted() async throws {
        let ports = try freeLoopbackPorts(2)
        let result = try await probe(
            """
              - name: debug
                tcp: {host: 127.0.0.1, port: \(ports[0]), closed: true, closed_ports: [\(ports[1])]}
              - name: web
                http:
                  url: "http://ann:hunter1@127.0.0.1:\(ports[0])/?token=hunter2"
                  request: {headers: {X-Key: hunter3}, bearer: hunter4, body: hunter5}
              - name: stream
                sse: {url: "http://ann:hunter6@127.0.0.1:\(ports[0])/", headers: {X-Key: hunter7}}

            """, "--format", "json")
        #expect(result.status == 1)
        #expect(result.text.contains(#""check":"debug.closed""#))
        #expect(!result.text.contains("hunter"))
    }

    @Test(arguments: [
        ("http: {url: 'http://h/', json: {a: b}}", "`a` is no JSON pointer"),
        ("http: {url: 'http://h/', headers: {a: {matches: '(['}}}", "`([` is no regular expression"),
        ("http: {url: 'http://h/', json: {/v: {semver: '>=x'}}}", "`>=x` compares no versions"),
        ("http: {url: 'http://h/', status: [400-300]}", "a range of statuses ends before it begins"),
        ("dns: {name: a, resolver: dns.example}", "`dns.example` is no address"),
        ("tcp: {host: h, port: 1, closed: true, banner: x}", "a closed port says nothing"),
    ])
    func whatDoesNotHoldTogetherIsRefusedAtItsPlace(_ target: String, _ why: String) async throws {
        let result = try await probe("  - name: t\n    \(target)\n")
        #expect(result.status == 78)
        #expect(result.text.contains(why))
    }
}

/// A URL that nobody could ask is an error of the file, not of the service.
@Suite struct WebURLTests {
    @Test(arguments: ["::::", "ftp://h/", "https:///x", "http://h:99999/", "file:///etc/passwd"], ["http", "sse"])
    func aURLThatCannotBeAskedIsRefusedAtItsPlace(_ url: String, _ kind: String) async throws {
        let file = "version: 1\nprotection: ephemeral\nprobes: [{name: a, \(kind): {url: '\(url)'}}]\n"
        try await Program.withProject(file) { folder async throws in
            let run = try await Program.opsctl("probe", "run", in: folder)
            #expect(run.status == 78)
            #expect(run.errors.contains("environments/test.yaml:3:"), "\(run.errors)")
        }
    }
}
