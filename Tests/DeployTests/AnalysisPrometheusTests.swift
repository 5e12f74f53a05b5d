import Deploy
import Foundation
import HTTPClient
import OpsModel
import ProcessClient
import TestSupport
import Testing

@Suite struct AnalysisPrometheusTests {
    private static func vector(_ values: String...) -> String {
        let series = values.map { #"{"metric":{},"value":[1700000000.5,"\#($0)"]}"# }.joined(separator: ",")
        return #"{"status":"success","data":{"resultType":"vector","result":[\#(series)]}}"#
    }

    @Test(.enabled(if: Requirement("python3").isMet, "python3 is needed"))
    func countsAreReadPerSlot() async throws {
        let answers = [
            "requests blue": (200, Self.vector("1200")), "errors blue": (200, Self.vector("3.0000001")),
            "requests green": (200, #"{"status":"success","data":{"resultType":"scalar","result":[1700000000,"9"]}}"#),
            "errors green": (200, Self.vector("0")),
        ]
        try await withPrometheus(answers) { meter async throws in
            #expect(try await meter.tally(of: .blue) == SlotTally(requests: 1200, errors: 3, lost: 0))
            #expect(try await meter.tally(of: .green) == SlotTally(requests: 9, errors: 0, lost: 0))
        }
    }

    /// Every one of these is "could not look", none is a zero.
    @Test(
        .enabled(if: Requirement("python3").isMet, "python3 is needed"),
        arguments: [
            (200, vector()), (200, vector("NaN")), (200, vector("+Inf")), (200, vector("-1")), (200, vector("1", "2")),
            (200, "[]"), (200, ""), (200, #"{"status":"error","errorType":"timeout","error":"x"}"#),
            (200, #"{"status":"success","data":{"resultType":"matrix","result":[]}}"#),
            (422, #"{"status":"error","errorType":"bad_data","error":"parse error"}"#), (503, ""), (302, ""),
        ] as [(Int, String)])
    func anythingElseIsAnErrorAndNeverZero(_ status: Int, _ body: String) async throws {
        let answers = ["requests blue": (200, Self.vector("100")), "errors blue": (status, body)]
        try await withPrometheus(answers) { meter async throws in
            await #expect(throws: PrometheusError.self) { try await meter.tally(of: .blue) }
        }
    }

    @Test(.enabled(if: Requirement("python3").isMet, "python3 is needed"))
    func noSeriesIsToldFromABadAnswer() async throws {
        try await withPrometheus(["requests blue": (200, Self.vector())]) { meter async throws in
            await #expect(throws: PrometheusError.noData(query: "requests blue")) { try await meter.tally(of: .blue) }
        }
    }

    @Test func aPrometheusThatIsNotThereIsAnError() async throws {
        let meter = PrometheusMeter(
            url: "http://127.0.0.1:\(try freeLoopbackPorts(1)[0])/",
            queries: .init(requests: "requests ${slot}", errors: "errors ${slot}"), http: HTTPClient())
        await #expect(throws: PrometheusError.self) { try await meter.tally(of: .blue) }
    }

    @Test(.enabled(if: Requirement("prometheus").isMet, "prometheus is not installed"))
    func aRealPrometheusIsAsked() async throws {
        try await withScratchDirectory { folder async throws in
            let port = try freeLoopbackPorts(1)[0]
            try Data("global: {}\n".utf8).write(to: URL(filePath: "\(folder)/prometheus.yml"))
            let arguments = [
                "--config.file=\(folder)/prometheus.yml", "--storage.tsdb.path=\(folder)/data",
                "--web.listen-address=127.0.0.1:\(port)",
            ]
            try await withProgram("prometheus", arguments, name: "prometheus", in: folder, port: port) {
                let (url, http) = ("http://127.0.0.1:\(port)", HTTPClient())
                let good = PrometheusMeter(
                    url: url,
                    queries: .init(
                        requests: #"count(up{slot="${slot}"}) or vector(41)"#, errors: "scalar(vector(2))"), http: http)
                try await eventually("it is ready") {
                    try await http.send(HTTPRequest("GET", "\(url)/-/ready")).status == 200
                }
                #expect(try await good.tally(of: .green) == SlotTally(requests: 41, errors: 2, lost: 0))
                for query in [#"up{slot="${slot}"}"#, "vector(0)/0", "sum(", "vector(1)[5m:]"] {
                    let bad = PrometheusMeter(
                        url: url, queries: .init(requests: "vector(41)", errors: query), http: http)
                    await #expect(throws: PrometheusError.self) { try await bad.tally(of: .green) }
                }
            }
        }
    }

    /// A server that answers each query as given.
    private func withPrometheus(_ answers: [String: (Int, String)], _ body: (PrometheusMeter) async throws -> Void)
        async throws
    {
        try await withScratchDirectory { folder async throws in
            let port = try freeLoopbackPorts(1)[0]
            let table = answers.mapValues { [String($0.0), $0.1] }
            try JSONEncoder().encode(table).write(to: URL(filePath: "\(folder)/answers.json"))
            let script = """
                import http.server, json, urllib.parse
                answers = json.load(open("\(folder)/answers.json"))
                class Handler(http.server.BaseHTTPRequestHandler):
                    def do_POST(self):
                        form = self.rfile.read(int(self.headers["content-length"])).decode()
                        assert self.path == "/prom/api/v1/query"
                        status, body = answers[urllib.parse.parse_qs(form, strict_parsing=True)["query"][0]]
                        self.send_response(int(status))
                        self.end_headers()
                        self.wfile.write(body.encode())
                    def log_message(self, *a): pass
                http.server.HTTPServer(("127.0.0.1", \(port)), Handler).serve_forever()
                """
            try await withProgram("python3", ["-c", script], name: "prometheus", in: folder, port: port) {
                try await body(
                    PrometheusMeter(
                        url: "http://127.0.0.1:\(port)/prom/",
                        queries: .init(requests: "requests ${slot}", errors: "errors ${slot}"), http: HTTPClient()))
            }
        }
    }
}
