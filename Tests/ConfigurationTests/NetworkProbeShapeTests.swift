import OpsConfiguration
import OpsModel
import Testing

@Suite struct NetworkProbeShapeTests {
    private func problems(_ probe: String) -> [String] {
        let text = "version: 1\nprotection: ephemeral\nprobes:\n  - name: a\n    \(probe)\n"
        do {
            _ = try ConfigurationFile(text: text, path: "/p/e/x.yaml", displayPath: "e/x.yaml", shape: .environment)
            return []
        } catch { return error.problems.map { "\($0.keyPath): \($0.why)" } }
    }

    @Test(arguments: [
        "http: {url: u, status: [200, 2xx, 300-304], headers: {a: b, c: {matches: '^d'}}, json: {/a: 1, /b: {at_least: 2}}}",
        "http: {url: u, redirects: {follow: 3, location: /ok}, request: {method: POST, bearer: t, body: b}}",
        "http: {url: u, steps: [{name: s, request: {path: '/${capture:id}'}, capture: {id: /id}}]}",
        "tls: {host: h, port: 5432, starttls: postgres, names: [a, b]}",
        "tcp: {host: h, port: 1, closed: true, closed_ports: [2, 3]}",
        "dns: {name: n, type: MX, resolvers: ['192.0.2.1', '192.0.2.2:53'], equals: [10 a]}",
        "sse: {url: u, watch: 2s, ids: increasing, event: e, data: {matches: x}, heartbeat: 15s}",
    ])
    func everyKindIsAccepted(_ probe: String) { #expect(problems(probe) == []) }

    @Test(arguments: [
        (
            "http: {url: u, status: [2yy]}",
            "probes[0].http.status[0]: expected a status such as 200, 2xx, 200-299, found `2yy`"
        ),
        ("http: {url: u, headers: {a: [b]}}", "probes[0].http.headers.a: expected a text or a mapping, found a list"),
        ("http: {url: u, headers: {a: {mtches: b}}}", "probes[0].http.headers.a.mtches: unknown key `mtches`"),
        ("tls: {port: 443}", "probes[0].tls: the key `host` is missing"),
        ("tcp: {host: h, port: 0}", "probes[0].tcp.port: expected a whole number from 1 to 65535, found `0`"),
        (
            "dns: {name: n, type: ANY}",
            "probes[0].dns.type: `ANY` is not one of A, AAAA, CNAME, MX, TXT, NS, SRV, CAA, PTR"
        ),
        (
            "sse: {url: u, watch: 0s}",
            "probes[0].sse.watch: expected a duration of at least 10ms, such as 250ms, found `0s`"
        ),
    ])
    func aMistakeIsNamed(_ probe: String, _ problem: String) { #expect(problems(probe) == [problem]) }
}
