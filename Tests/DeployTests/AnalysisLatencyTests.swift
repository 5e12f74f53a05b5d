import Deploy
import Foundation
import HAProxyClient
import HTTPClient
import LocalServices
import OpsModel
import Statistics
import TestSupport
import Testing

@Suite struct AnalysisLatencyTests {
    private func line(
        _ slot: Slot, _ milliseconds: Int, _ path: String = "/api/1", status: Int = 200, backend: String? = nil
    )
        throws -> HAProxyLogLine
    {
        try #require(
            HAProxyLogLine(
                "opsctl \(backend ?? "be_\(slot.rawValue)") \(slot.rawValue) \(status) \(milliseconds) \(milliseconds) ---- GET \(path)"
            ))
    }

    /// The baseline's answers take 1 to 100 ms.
    private func measured(_ meter: LatencyMeter) throws {
        for time in 1...100 { try meter.take(line(.blue, time)) }
    }

    @Test func latencyIsNotJudgedBeforeTheBaselineIsMeasured() throws {
        let meter = LatencyMeter(baseline: .blue, sample: 100)
        for time in 1...99 { try meter.take(line(.blue, time)) }
        try meter.take(line(.green, 50))
        #expect(meter.counts == nil)
        #expect(meter.unjudged == 100)
        try meter.take(line(.blue, 100))
        #expect(meter.counts == LatencyCounts())
        #expect(meter.frozen.reference == OrderedCounts(low: 50, middle: 45, high: 5))
    }

    @Test func requestsOfBothSlotsAreSortedByTheFrozenQuantiles() throws {
        let meter = LatencyMeter(baseline: .blue, sample: 100)
        try measured(meter)
        for time in [50, 51, 95, 96, 400] { try meter.take(line(.green, time)) }
        try meter.take(line(.blue, 10))
        #expect(
            meter.counts
                == LatencyCounts(baseline: OrderedCounts(low: 1), candidate: OrderedCounts(low: 1, middle: 2, high: 2)))
        meter.beginWindow(keepsReference: true)
        #expect(meter.counts == LatencyCounts())
        #expect(meter.frozen.reference.total == 101)
    }

    @Test func previewsErrorsAndAbortedRequestsDoNotCount() throws {
        let meter = LatencyMeter(baseline: .blue, sample: 100)
        try measured(meter)
        try meter.take(line(.green, 400, backend: "be_green_preview"))
        try meter.take(line(.green, 1, status: 500))
        try meter.take(line(.green, -1))
        #expect(meter.counts == LatencyCounts())
    }

    /// More uploads than before are no slower release.
    @Test func routesAreComparedWithinTheirClass() throws {
        let classes = RouteClasses(prefixes: [.init(path: "/api/upload", name: "upload")])
        let meter = LatencyMeter(baseline: .blue, sample: 100, classes: classes)
        try measured(meter)
        for time in 1...100 { try meter.take(line(.blue, 1000 + time, "/api/upload/\(time)")) }
        for time in 1001...1040 { try meter.take(line(.green, time, "/api/upload/x")) }
        #expect(meter.counts?.candidate == OrderedCounts(low: 40))
        try meter.take(line(.green, 5000, "/unknown"))
        #expect(meter.counts?.candidate.total == 40)
        #expect(meter.unjudged == 101 + 100)
    }

    @Test func pathsThatClientsInventDoNotFillTheMemory() throws {
        let meter = LatencyMeter(baseline: .blue, sample: 2)
        for number in 0..<500 { try meter.take(line(.blue, 5, "/p\(number)")) }
        for number in 0..<500 { try meter.take(line(.blue, 5, "/p\(number)")) }
        #expect(meter.frozen.quantiles.count == 128)
    }

    @Test func aStoredMeasureIsGoneOnWith() throws {
        let meter = LatencyMeter(baseline: .blue, sample: 100)
        try measured(meter)
        let stored = try JSONDecoder().decode(LatencyMeter.Frozen.self, from: JSONEncoder().encode(meter.frozen))
        let resumed = LatencyMeter(baseline: .blue, sample: 100, frozen: stored)
        try resumed.take(line(.green, 96))
        #expect(resumed.counts?.candidate == OrderedCounts(high: 1))
    }

    @Test(.enabled(if: Requirement("haproxy", "python3").isMet, "haproxy and python3 are needed"))
    func haproxysLogTellsSlowRequestsOfBothSlotsApart() async throws {
        try await withHAProxy { proxy async throws in
            try await withScratchDirectory { folder async throws in
                let socket = "\(URL(filePath: proxy.socket).deletingLastPathComponent().path)/latency.sock"
                let listener = try HAProxyLogListener(path: socket, owner: proxy.userID)
                var options = proxy.options
                options.latencyLog = socket
                let logging = try await HAProxyProcess.start(in: proxy.folder, options)
                let meter = LatencyMeter(baseline: .blue, sample: 20)
                let reading = Task { try await listener.run { meter.take($0) } }
                try await serve(.blue, milliseconds: 1, proxy, folder) { () async throws in
                    try await serve(.green, milliseconds: 80, proxy, folder) { () async throws in
                        try await compare(logging, meter)
                    }
                }
                #expect(listener.unreadable == 0)
                reading.cancel()
                try await reading.value
            }
        }
    }

    private func compare(_ proxy: HAProxyProcess, _ meter: LatencyMeter) async throws {
        let http = HTTPClient()
        func get() async throws -> HTTPResponse {
            try await http.send(HTTPRequest("GET", "\(proxy.address)/page?secret=1", timeout: .seconds(5)))
        }
        let router = HAProxyRouter(
            client: HAProxyClient(socket: proxy.socket), mapFile: proxy.map, key: proxy.options.app,
            frontend: RouterFrontend(url: proxy.address, previewToken: proxy.options.previewToken))
        for slot in Slot.allCases {
            try await eventually("\(slot.rawValue) is up") { try await router.accepts(slot) }
        }
        // A reload leaves the old worker a moment, whose lines do not come here.
        try await eventually("the baseline is measured") {
            _ = try await get()
            return meter.counts != nil
        }
        #expect(Array(meter.frozen.quantiles.keys) == ["GET /page"])
        #expect((meter.frozen.quantiles["GET /page"]?.tail ?? .seconds(9)) < .milliseconds(80))
        try await router.commit(Route(live: .green, epoch: 1)) {}
        for _ in 0..<10 { #expect(try await get().header("x-opsctl-slot") == "green") }
        try await eventually("all were counted") { meter.counts?.candidate.total == 10 }
        #expect(meter.counts?.candidate == OrderedCounts(high: 10))
        #expect(try await HAProxyClient(socket: proxy.socket).droppedLogs() == 0)
    }

    private func serve(
        _ slot: Slot, milliseconds: Int, _ proxy: HAProxyProcess, _ folder: String, _ body: () async throws -> Void
    ) async throws {
        let script = """
            import http.server, sys, time
            class Handler(http.server.BaseHTTPRequestHandler):
                protocol_version = "HTTP/1.1"
                def do_GET(self):
                    if self.path != "/healthz": time.sleep(\(Double(milliseconds) / 1000))
                    self.send_response(200)
                    self.send_header("content-length", "0")
                    self.end_headers()
                def log_message(self, *a): pass
            http.server.ThreadingHTTPServer(("127.0.0.1", \(proxy.options.port(of: slot))), Handler).serve_forever()
            """
        try await withProgram(
            "python3", ["-c", script], name: slot.rawValue, in: folder, port: proxy.options.port(of: slot), body)
    }
}
