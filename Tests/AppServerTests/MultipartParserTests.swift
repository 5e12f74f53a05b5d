import Testing

@testable import AppServer

@Suite struct MultipartParserTests {
    private static let body =
        "preamble\r\n--xYz\r\nContent-Disposition: form-data; name=\"preset\"\r\n\r\nsmall\r\n"
        + "--xYz  \r\nContent-Disposition: form-data; name=\"file\"; filename=\"a b.pdf\"\r\n"
        + "Content-Type: application/pdf\r\n\r\n%PDF-\r\n--xY\r\n--xYnot\r\n\r\n--xYz\r\n"
        + "content-disposition: form-data; name=empty\r\n\r\n\r\n--xYz--\r\nepilogue"

    struct Part: Equatable {
        var name: String
        var filename: String?
        var content: String
    }

    /// Feeds the pieces and puts the events together again.
    private func parse(_ pieces: [[UInt8]], boundary: String = "xYz") throws -> (parts: [Part], isComplete: Bool) {
        var parser = MultipartParser(boundary: boundary)
        var parts: [Part] = []
        for piece in pieces {
            for event in try parser.feed(piece) {
                switch event {
                case .part(let headers): parts.append(Part(name: headers.name, filename: headers.filename, content: ""))
                case .content(let bytes): parts[parts.count - 1].content += String(decoding: bytes, as: UTF8.self)
                case .partEnd: break
                }
            }
        }
        return (parts, parser.isComplete)
    }

    private let expected = [
        Part(name: "preset", filename: nil, content: "small"),
        Part(name: "file", filename: "a b.pdf", content: "%PDF-\r\n--xY\r\n--xYnot\r\n"),
        Part(name: "empty", filename: nil, content: ""),
    ]

    @Test func partsAreReadWhereverTheBodyIsSplit() throws {
        let bytes = Array(Self.body.utf8)
        for offset in 0...bytes.count {
            let result = try parse([Array(bytes[..<offset]), Array(bytes[offset...])])
            #expect(result.parts == expected, "split at \(offset)")
            #expect(result.isComplete)
        }
    }

    @Test(arguments: [1, 2, 3, 7])
    func partsAreReadInSmallPieces(_ size: Int) throws {
        let bytes = Array(Self.body.utf8)
        let pieces = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
        #expect(try parse(pieces).parts == expected)
    }

    @Test func bodyWithoutClosingBoundaryIsNotComplete() throws {
        let cut = Array(Self.body.utf8).prefix { $0 != UInt8(ascii: "e") || false }
        #expect(try !parse([Array(cut)]).isComplete)
        #expect(try !parse([Array(Self.body.utf8).dropLast(14)]).isComplete)
    }

    @Test func endlessPartHeaderIsRefused() {
        let head = Array("--xYz\r\nContent-Disposition: form-data; name=\"".utf8)
        #expect(throws: MultipartParser.Failure.self) {
            try parse([head] + Array(repeating: Array(repeating: UInt8(ascii: "a"), count: 1024), count: 9))
        }
    }

    @Test(arguments: [
        "--xYz\r\nno colon\r\n\r\n", "--xYz\r\nX-Other: 1\r\n\r\n", "--xYzgarbage\r\n",
        "--xYz\r\nContent-Disposition: attachment\r\n\r\n",
    ])
    func malformedFormIsRefused(_ text: String) {
        #expect(throws: MultipartParser.Failure.self) { try parse([Array(text.utf8)]) }
    }

    @Test func contentIsNotHeldBack() throws {
        var parser = MultipartParser(boundary: "b")
        _ = try parser.feed(Array("--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n".utf8))
        let events = try parser.feed(Array(repeating: 0x41, count: 100_000))
        guard case .content(let bytes) = events.first else { throw Refused(text: "no content") }
        #expect(bytes.count > 99_900)
    }
}
