import Compression
import Foundation
import Testing

@Suite struct WorkerProtocolTests {
    private static let report = CompressionReport(
        outcome: .untouched, reason: .passwordRequired, inputBytes: 10, outputBytes: 10, pages: 3, imagesExamined: 2,
        imagesReplaced: 1, transforms: [TransformTally(name: "jpeg_transcode", count: 1, before: 9, after: 8)])

    @Test(arguments: [
        WorkerMessage.progress(CompressionProgress(stage: "images", done: 1, total: 4)),
        .report(report),
        .failure(code: "limit_exceeded", message: "pixels of one image: 30000 x 30000"),
    ])
    func messagesSurviveTheRoundTrip(_ message: WorkerMessage) throws {
        let line = try WorkerProtocol.encode(message)
        #expect(line.last == 0x0A)
        #expect(line.count { $0 == 0x0A } == 1)
        #expect(try WorkerProtocol.decode(line: line) == message)
    }

    @Test func reportIsSnakeCase() throws {
        let text = String(decoding: try WorkerProtocol.encode(.report(Self.report)), as: UTF8.self)
        for part in [#""input_bytes":10"#, #""images_replaced":1"#, #""reason":"password_required""#, #"{"report":"#] {
            #expect(text.contains(part))
        }
    }

    @Test func errorsCarryTheirCode() throws {
        let line = try WorkerProtocol.encode(failure: CompressionError.limitExceeded(limit: "objects", value: "7"))
        #expect(
            try WorkerProtocol.decode(line: line) == .failure(code: "limit_exceeded", message: "objects: 7"))
        let foreign = try WorkerProtocol.decode(line: WorkerProtocol.encode(failure: CancellationError()))
        #expect(foreign == .failure(code: "internal_error", message: "CancellationError"))
    }

    @Test func onlyReportsAndErrorsAreLast() {
        #expect(!WorkerMessage.progress(CompressionProgress(stage: "x", done: 0, total: 1)).isLast)
        #expect(WorkerMessage.report(Self.report).isLast)
        #expect(WorkerMessage.failure(code: "io", message: "").isLast)
    }

    @Test(arguments: ["{", "[]", "{\"other\":1}", "killed"])
    func foreignLinesAreErrors(line: String) {
        #expect(throws: CompressionError.self) { try WorkerProtocol.decode(line: Array(line.utf8)) }
    }

    @Test func emptyLinesAreNothing() throws {
        #expect(try WorkerProtocol.decode(line: Array("\r\n".utf8)) == nil)
    }

    @Test func progressGrowsAndEnds() throws {
        var fixture = PDFFixture()
        for seed in 1...3 {
            fixture.page(showing: fixture.add(image: .photo(40, 40, seed: UInt32(seed))), width: 40, height: 40)
        }
        let folder = FileManager.default.temporaryDirectory
        let input = folder.appendingPathComponent(UUID().uuidString)
        let output = folder.appendingPathComponent(UUID().uuidString)
        try Data(fixture.build()).write(to: input)
        var seen: [CompressionProgress] = []
        _ = try Compressor().compress(
            CompressionRequest(inputPath: input.path, outputPath: output.path, kind: .pdf)
        ) { seen.append($0) }
        try FileManager.default.removeItem(at: input)
        try FileManager.default.removeItem(at: output)
        #expect(seen.filter { $0.stage == "images" }.map(\.done) == [1, 2, 3])
        #expect(seen.allSatisfy { $0.done <= $0.total })
        #expect(seen.last == CompressionProgress(stage: "writing", done: 1, total: 1))
    }
}
