import Foundation
import Glibc
import LocalServices
import OpsModel
import ProcessClient
import TestSupport
import Testing

@Suite(.enabled(if: Requirement(all: [.haproxy, Requirement("python3", "socat", "curl")]).isMet))
struct LocalServicesHAProxyTests {
    @Test func slotThatIsDownAnswers503AtOnceAndOnlyHealthyOnesGetTraffic() async throws {
        try await withHAProxy { proxy async throws in
            try await eventually("blue is known to be down") { try await state(of: .blue, proxy).hasPrefix("DOWN") }
            let started = ContinuousClock.now
            #expect(try await get(proxy).status == "503")
            #expect(ContinuousClock.now - started < .seconds(1))
            try await withSlot(.blue, of: proxy) { () async throws in
                #expect(try await get(proxy) == Answer(status: "200", slot: "blue", body: "blue"))
                #expect(
                    try await get(proxy, "x-opsctl-preview: \(proxy.options.previewToken.reveal())-green").status
                        == "503")
            }
        }
    }

    @Test func committedMapMovesTrafficAndSurvivesOnlyIfWrittenToDisk() async throws {
        try await withHAProxy { proxy async throws in
            try await withSlot(.blue, of: proxy) { () async throws in
                try await withSlot(.green, of: proxy) { () async throws in
                    #expect(try await get(proxy).body == "blue")
                    try await commit(
                        ["app.color": "green", "app.candidate": "none", "app.weight": "0", "app.epoch": "1"], proxy)
                    #expect(try await get(proxy) == Answer(status: "200", slot: "green", body: "green"))
                    let master = try proxy.process()
                    try master.signal(SIGKILL, to: .group)
                    try await eventually("it is gone") { try !master.isRunning }
                    let again = try await HAProxyProcess.start(in: proxy.folder, proxy.options)
                    try await eventually("blue is up") { try await state(of: .blue, again) == "UP" }
                    #expect(try await get(again).body == "blue", "the route on disk was not changed")
                    try await eventually("green is up") { try await state(of: .green, again) == "UP" }
                    try "app.color green\n".write(toFile: proxy.map, atomically: false, encoding: .utf8)
                    let running = try again.process()
                    let second = try await HAProxyProcess.start(in: proxy.folder, proxy.options)
                    #expect(try second.process() == running, "a second start keeps it")
                    #expect(try await get(second).body == "blue", "and does not reload it")
                    try await second.reload()
                    try await eventually("the reload read the map") { try await get(second).body == "green" }
                    #expect(try second.process() == running)
                }
            }
        }
    }

    @Test func weightDividesTrafficAndPreviewChoosesASlot() async throws {
        try await withHAProxy { proxy async throws in
            try await withSlot(.blue, of: proxy) { () async throws in
                try await withSlot(.green, of: proxy) { () async throws in
                    try await commit(["app.color": "blue", "app.candidate": "green", "app.weight": "5000"], proxy)
                    let bodies = try await getMany(200, proxy)
                    #expect((60...140).contains(bodies.filter { $0 == "green" }.count), "10 sigma wide")
                    try await commit(["app.color": "blue", "app.candidate": "green", "app.weight": "10000"], proxy)
                    #expect(try await Set(getMany(50, proxy)) == ["green"])
                    try await commit(["app.color": "blue", "app.candidate": "green", "app.weight": "0"], proxy)
                    #expect(try await Set(getMany(50, proxy)) == ["blue"])
                    let before = try await requests(to: "be_green", proxy)
                    let token = proxy.options.previewToken.reveal()
                    #expect(try await get(proxy, "x-opsctl-preview: \(token)-green").body == "green")
                    #expect(try await get(proxy, "x-opsctl-preview: guess-green").body == "blue")
                    #expect(try await requests(to: "be_green", proxy) == before, "previews are not counted")
                    #expect(try await requests(to: "be_green_preview", proxy) == "1")
                }
            }
        }
    }

    @Test func uploadsAndStreamsPassThroughWithoutBuffering() async throws {
        try await withHAProxy { proxy async throws in
            try await withSlot(.blue, of: proxy) { () async throws in
                let upload = Command(
                    "sh", ["-c", "head -c 300000000 /dev/zero | curl -s -T - \(proxy.address)/upload"])
                #expect(try await runCommand(upload, timeout: .seconds(60)).output == "300000000")
                // The server sends the second event only after the client has read the first.
                let stream = Command("python3", ["-c", Self.streamReader, "\(proxy.options.frontendPort)"])
                let result = try await runCommand(stream, timeout: .seconds(30)).checked(stream)
                #expect(result.output == "data: 1\ndata: 2\n")
            }
        }
    }

    private struct Answer: Equatable { var status, slot, body: String }

    private func get(_ proxy: HAProxyProcess, _ header: String = "x-none: 1") async throws -> Answer {
        let command = Command(
            "curl",
            ["-s", "-m", "10", "-w", "\n%{http_code} %header{x-opsctl-slot}", "-H", header, "\(proxy.address)/"])
        let lines = try await runCommand(command, timeout: .seconds(20)).output.split(
            separator: "\n", omittingEmptySubsequences: false)
        let facts = try #require(lines.last).split(separator: " ")
        return Answer(
            status: String(try #require(facts.first)), slot: facts.count > 1 ? String(facts[1]) : "",
            body: String(lines[0]))
    }

    private func getMany(_ count: Int, _ proxy: HAProxyProcess) async throws -> [String] {
        let command = Command(
            "curl", ["-s", "-m", "20", "-w", "\n"] + Array(repeating: "\(proxy.address)/", count: count))
        return try await runCommand(command, timeout: .seconds(30)).checked(command).output.split(separator: "\n").map(
            String.init)
    }

    private func admin(_ line: String, _ proxy: HAProxyProcess) async throws -> String {
        let command = Command(
            "socat", ["-t", "5", "-", "UNIX-CONNECT:\(proxy.socket)"], input: Array("\(line)\n".utf8))
        return try await runCommand(command, timeout: .seconds(10)).checked(command).output.trimmingCharacters(
            in: .newlines)
    }

    private func commit(_ route: [String: String], _ proxy: HAProxyProcess) async throws {
        let reply = try await admin("prepare map \(proxy.map)", proxy)
        let version = try #require(reply.split(separator: " ").last)
        for (key, value) in route {
            #expect(try await admin("add map @\(version) \(proxy.map) \(key) \(value)", proxy) == "")
        }
        #expect(try await admin("commit map @\(version) \(proxy.map)", proxy) == "")
    }

    /// One field of `show stat` by its name.
    private func statistic(_ field: String, _ backend: String, _ server: String, _ proxy: HAProxyProcess) async throws
        -> String
    {
        let rows = try await admin("show stat", proxy).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        let column = try #require(rows.first?.firstIndex { $0 == field })
        return String(try #require(rows.first { $0[0] == backend && $0[1] == server })[column])
    }

    private func state(of slot: Slot, _ proxy: HAProxyProcess) async throws -> String {
        try await statistic("status", "be_\(slot.rawValue)", slot.rawValue, proxy)
    }

    private func requests(to backend: String, _ proxy: HAProxyProcess) async throws -> String {
        try await statistic("req_tot", backend, "BACKEND", proxy)
    }

    /// A small app in one slot for the length of `body`, which starts when HAProxy knows that it is healthy.
    private func withSlot(_ slot: Slot, of proxy: HAProxyProcess, _ body: () async throws -> Void) async throws {
        let app = try DetachedProcess.start(
            executable: "python3",
            arguments: ["-c", Self.app, slot.rawValue, "\(proxy.options.port(of: slot))", "\(proxy.folder)/"],
            environment: ["PATH": "/usr/bin:/bin"], folder: "/", log: "\(proxy.folder)/\(slot.rawValue).log")
        do {
            try await eventually("\(slot) is up") { try await state(of: slot, proxy) == "UP" }
            try await body()
        } catch {
            _ = try await app.stop(gracePeriod: .zero)
            throw error
        }
        _ = try await app.stop(gracePeriod: .zero)
    }

    private static let app = """
        import http.server, sys, threading
        seen = threading.Event()
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'; wbufsize = 65536
            def do_GET(self):
                if self.path == '/stream': return self.stream()
                if self.path == '/seen': seen.set()
                assert 'x-opsctl-preview' not in self.headers
                self.reply(sys.argv[1])
            def reply(self, text):
                self.send_response(200); self.send_header('content-length', str(len(text))); self.end_headers()
                self.wfile.write(text.encode())
            def do_PUT(self):
                count = 0
                while True:
                    size = int(self.rfile.readline(), 16)
                    left = size
                    while left: left -= len(self.rfile.read(min(left, 65536)))
                    self.rfile.readline(); count += size
                    if size == 0: break
                self.reply(str(count))
            def stream(self):
                self.send_response(200); self.send_header('content-type', 'text/event-stream')
                self.send_header('connection', 'close'); self.end_headers()
                self.wfile.write(b'data: 1\\n'); self.wfile.flush()
                if seen.wait(20): self.wfile.write(b'data: 2\\n')
            def log_message(self, *a): pass
        http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[2])), Handler).serve_forever()
        """

    private static let streamReader = """
        import http.client, sys
        def open(path):
            c = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]), timeout=15); c.request('GET', path); return c.getresponse()
        stream = open('/stream'); print(stream.readline().decode(), end=''); open('/seen').read(); print(stream.readline().decode(), end='')
        """
}
