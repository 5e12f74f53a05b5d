import Foundation
import HTTPClient
import OpsModel
import Statistics
import ProcessClient
import TestSupport
import Testing

@testable import Deploy

/// Two small servers stand for the two slots; the second gets one planted regression.
@Suite struct GoldenProbeTests {
    private static let program = #"""
        import http.server, sys, threading, time
        flaw = sys.argv[2]
        count = 0
        lock = threading.Lock()
        def pdf(pages, filler=2000):
            objects = b"".join(b"%d 0 obj <</Type /Page/Parent 1 0 R>> endobj\n" % (n + 3) for n in range(pages))
            return b"%PDF-1.7\n1 0 obj <</Type/Pages/Count " + str(pages).encode() + b">> endobj\n" + objects \
                + b"%" + b"x" * filler + b"\nstartxref\n9\n%%EOF\n"
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def do_POST(self):
                global count
                with lock:
                    count += 1
                    mine = count
                self.rfile.read(int(self.headers["content-length"]))
                body, status, kind = pdf(3), 200, "application/pdf"
                if flaw == "broken": status, body = 500, b"boom"
                if flaw == "cut": body = body[:-20]
                if flaw == "pages": body = pdf(2, 2046)
                if flaw == "bigger": body = pdf(3, 2100)
                if flaw == "slightly": body = pdf(3, 2005)
                if flaw == "type": kind = "application/octet-stream"
                if flaw == "once" and mine == 2: status, body = 500, b"boom"
                if flaw == "wobbly" and mine == 2: body = pdf(3, 2100)
                if flaw == "slow": time.sleep(0.12)
                self.send_response(status)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def log_message(self, *a): pass
        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
        Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
        """#

    private func report(
        candidate: String, baseline: String = "none", rounds: Int = 7,
        _ change: (inout GoldenProbe.Request) -> Void = { _ in }
    ) async throws -> GoldenReport {
        try await withScratchDirectory { folder async throws in
            try Self.program.write(toFile: "\(folder)/slot.py", atomically: true, encoding: .utf8)
            let ports = try freeLoopbackPorts(2)
            let step = SmokeStep("/compress", method: "POST") { $0.request.body = "%PDF-" }
            var request = GoldenProbe.Request(name: "invoice", steps: [step])
            request.result = "pdf"
            change(&request)
            var settings = GoldenProbe.Settings(requests: [request])
            settings.rounds = rounds
            return try await server(folder, ports[0], candidate) {
                try await server(folder, ports[1], baseline) {
                    try await GoldenProbe(settings, http: HTTPClient()).run(
                        candidate: .init(url: "http://127.0.0.1:\(ports[0])"),
                        baseline: .init(url: "http://127.0.0.1:\(ports[1])"))
                }
            }
        }
    }

    private func server(
        _ folder: String, _ port: Int, _ flaw: String, _ body: () async throws -> GoldenReport
    ) async throws -> GoldenReport {
        try await withProgram(
            "python3", ["\(folder)/slot.py", "\(port)", flaw], name: "slot-\(port)", in: folder, port: port, body)
    }

    @Test(arguments: ["none", "slightly"]) func equalReleasesPass(_ candidate: String) async throws {
        let report = try await report(candidate: candidate)
        #expect(report.verdict == .pass, "\(report.judgements)")
        #expect(report.pairs.count == 7)
        #expect(report.pairs[0].candidate.pages == 3)
    }

    @Test(arguments: [
        ("broken", "outcome", "the candidate alone failed 7 times: /compress: status 500"),
        ("cut", "outcome", "it does not end with startxref and %%EOF"),
        ("pages", "content", "2 pages, baseline 3; in 7 of 7 pairs"), ("bigger", "content", "bytes, baseline"),
        ("type", "content", "type application/octet-stream, baseline application/pdf"),
        ("slow", "time", "slower in 7, faster in 0 of 7 pairs"),
    ])
    func aPlantedRegressionFails(_ flaw: String, _ judgement: String, _ detail: String) async throws {
        let report = try await report(candidate: flaw)
        #expect(report.verdict == .fail)
        let found = try #require(report.judgements.first { $0.name == judgement })
        #expect(found.verdict == .fail)
        #expect(found.detail.contains(detail), "\(found.detail)")
        #expect(report.summary.hasPrefix("\(judgement): "))
    }

    @Test(arguments: [("once", "outcome"), ("wobbly", "content")])
    func whatHappensOnceIsInconclusive(_ flaw: String, _ judgement: String) async throws {
        let report = try await report(candidate: flaw, rounds: 3)
        #expect(report.verdict == .inconclusive)
        #expect(report.judgements.first { $0.name == judgement }?.verdict == .inconclusive)
    }

    @Test func fewPairsProveNothing() async throws {
        let report = try await report(candidate: "broken", rounds: 6)
        #expect(report.verdict == .inconclusive)
        #expect(report.summary.contains("(7 such pairs are proof)"))
    }

    @Test func aCandidateThatMendsWhatTheBaselineBreaksIsNotHeldAgainstIt() async throws {
        let report = try await report(candidate: "none", baseline: "once")
        #expect(report.verdict == .pass)
        #expect(report.judgements[0].forCandidate == 1)
    }

    @Test func bothFailingTellsNothing() async throws {
        let report = try await report(candidate: "broken", baseline: "broken", rounds: 2)
        #expect(report.verdict == .inconclusive)
    }

    @Test func cleanupThatFailsIsSaidAndHoldsThePass() async throws {
        let report = try await report(candidate: "none", rounds: 1) { $0.cleanup = [SmokeStep("/x", method: "DELETE")] }
        #expect(report.verdict == .inconclusive)
        #expect(report.leftBehind.count == 2)
        #expect(report.leftBehind[0].hasPrefix("candidate, /x: left behind: status 501"))
    }

    /// One-sided sign test: 2^-7 = 0.0078125; Bin(10, 1/2) >= 8 is 56/1024 (Sheskin, Handbook, table of the binomial).
    @Test(arguments: [(7, 0, 0.0078125), (6, 0, 0.015625), (8, 2, 0.0546875), (0, 5, 1.0), (0, 0, 1.0), (1, 1, 0.75)])
    func mcNemarIsExact(_ against: Int, _ forCandidate: Int, _ expected: Double) {
        let found = mcNemarProbability(candidateOnly: against, baselineOnly: forCandidate)
        #expect(abs(found - expected) < 1e-12)
    }

    @Test func thousandsOfPairsDoNotOverflow() {
        #expect(abs(mcNemarProbability(candidateOnly: 5000, baselineOnly: 5000) - 0.504) < 0.001)
        #expect(GoldenVerdict.fewestPairs == 7)
    }

    @Test(arguments: [
        ("%PDF-1.4\n/Type /Page\n/Type/Page /Type\n/Page<< /Type /Pages /Type /PageLabels", 3),
        ("%PDF-1.5\n<</Linearized 1/L 9/N 12/T 5>> /Type /Page", 12),
        ("%PDF-1.5\n/Type /Page /Type /ObjStm", nil), ("%PDF-1.4 nothing", nil),
    ])
    func pagesAreCountedWhereTheyCanBeSeen(_ text: String, _ pages: Int?) {
        #expect(GoldenContent.pages(of: Array(text.utf8)) == pages)
    }

    @Test func imagesAreToldByTheirBytes() throws {
        let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0]
        let end: [UInt8] = [0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82]
        #expect(GoldenContent.fault(of: png + end, type: "image/png", kind: nil) == nil)
        #expect(GoldenContent.fault(of: png, type: "image/png", kind: nil) == "it does not end as image/png does")
        #expect(
            GoldenContent.fault(of: png + end, type: "image/jpeg", kind: nil)
                == "declared image/jpeg, but it is image/png")
        #expect(GoldenContent.fault(of: Array("<html>".utf8), type: nil, kind: .image) == "it begins like no image")
        #expect(GoldenContent.fault(of: [], type: nil, kind: nil) == "it is empty")
    }
}
