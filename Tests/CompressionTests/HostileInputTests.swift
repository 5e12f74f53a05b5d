import Compression
import Testing

@Suite struct HostileInputTests {
    private static func page(content filter: String, _ bytes: [UInt8]) -> [UInt8] {
        var fixture = PDFFixture()
        let stream = fixture.add(stream: "/Filter \(filter)", bytes)
        let image = fixture.add(jpeg: .photo(32, 32))
        fixture.page(content: "", resources: "/XObject <</A \(image) 0 R>>", extra: "/Contents \(stream) 0 R")
        return fixture.build()
    }

    @Test func emptyFileIsUnreadable() throws {
        #expect(try failureCode([]) == "unreadable")
    }

    @Test func textCalledPDFIsUnreadable() throws {
        #expect(try failureCode(Array("Dear Sir or Madam".utf8)) == "unreadable")
        #expect(try failureCode(Array("%PDF-1.7 and nothing that follows".utf8)) == "unreadable")
    }

    @Test func documentWithoutPagesIsUnreadable() throws {
        #expect(try failureCode(PDFFixture().build()) == "unreadable")
    }

    @Test func pictureCalledPDFIsUnreadable() throws {
        #expect(try failureCode(Picture.photo(8, 8).jpeg()) == "unreadable")
    }

    @Test func missingInputIsAnIOError() throws {
        let request = CompressionRequest(inputPath: "/nonexistent/in", outputPath: "/nonexistent/out", kind: .pdf)
        #expect(throws: CompressionError.io(path: "/nonexistent/in", errno: 2)) {
            try Compressor().compress(request) { _ in }
        }
    }

    @Test(arguments: [0.02, 0.3, 0.9])
    func truncatedDocumentIsRefusedOrKeepsItsPages(part: Double) throws {
        var fixture = PDFFixture()
        let image = fixture.add(image: .photo(100, 100))
        fixture.page(showing: image, width: 72, height: 72)
        let whole = fixture.build()
        let input = Array(whole.prefix(Int(Double(whole.count) * part)))
        do {
            let result = try compress(input)
            #expect(OpenedPDF(result.output)?.pageCount == 1)
        } catch let error as CompressionError {
            #expect(error.code == "unreadable")
        }
    }

    @Test func nestedFlateBombEndsAtTheLimitInTime() throws {
        let zeros = [UInt8](repeating: 0, count: 300 << 20)
        let input = Self.page(content: "[/FlateDecode /FlateDecode]", deflated(deflated(zeros, level: 1), level: 9))
        let clock = ContinuousClock()
        var code: String?
        let elapsed = try clock.measure { code = try failureCode(input) }
        #expect(code == "limit_exceeded")
        #expect(elapsed < .seconds(30))
    }

    @Test func filterChainHasALimit() throws {
        let chain = "[" + String(repeating: "/ASCIIHexDecode ", count: 9) + "]"
        #expect(try failureCode(Self.page(content: chain, [0x3E])) == "limit_exceeded")
    }

    @Test func hugeDimensionsAreRefusedBeforeDecoding() throws {
        var fixture = PDFFixture()
        let image = fixture.add(
            flate:
                "/Type /XObject /Subtype /Image /Width 20000 /Height 20000 /BitsPerComponent 8 /ColorSpace /DeviceRGB",
            [UInt8](repeating: 0, count: 4 << 20))
        fixture.page(showing: image, width: 100, height: 100)
        #expect(try failureCode(fixture.build()) == "limit_exceeded")
        var header = Picture.photo(16, 16).jpeg()
        let frame = try #require(header.indices.first { header[$0] == 0xFF && [0xC0, 0xC2].contains(header[$0 + 1]) })
        header.replaceSubrange((frame + 5)..<(frame + 9), with: [0xFA, 0xFA, 0xFA, 0xFA])
        #expect(try failureCode(header, as: .jpeg) == "limit_exceeded")
        let png = PNGFixture(
            colourType: 2, bits: 8, picture: Picture(width: 30000, height: 30000, channels: 3, pixels: []))
        #expect(try failureCode(png.build(samples: []), as: .png) == "limit_exceeded")
    }

    @Test func formThatDrawsItselfEnds() throws {
        var fixture = PDFFixture()
        let image = fixture.add(jpeg: .photo(100, 100))
        let form = fixture.add(
            stream:
                "/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources <</XObject <</F 4 0 R /A \(image) 0 R>>>>",
            Array("2 0 0 2 0 0 cm /F Do /A Do".utf8))
        #expect(form == 4)
        fixture.page(content: "/F Do", resources: "/XObject <</F 4 0 R>>")
        #expect(try failureCode(fixture.build()) == "limit_exceeded")
    }

    @Test func formsThatDoubleAreWalkedOnce() throws {
        var fixture = PDFFixture()
        var inner = fixture.add(jpeg: .photo(100, 100))
        for _ in 0..<12 {
            inner = fixture.add(
                stream: "/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources <</XObject <</F \(inner) 0 R>>>>",
                Array("/F Do /F Do /F Do /F Do /F Do /F Do /F Do /F Do".utf8))
        }
        fixture.page(content: "/F Do", resources: "/XObject <</F \(inner) 0 R>>")
        var limits = CompressionLimits()
        limits.operators = 1000
        #expect(try failureCode(fixture.build(), limits: limits) == nil)
    }

    @Test func operatorsHaveALimit() throws {
        var fixture = PDFFixture()
        let image = fixture.add(jpeg: .photo(100, 100))
        fixture.page(content: String(repeating: "q Q ", count: 600), resources: "/XObject <</A \(image) 0 R>>")
        var limits = CompressionLimits()
        limits.operators = 1000
        #expect(try failureCode(fixture.build(), limits: limits) == "limit_exceeded")
    }

    @Test func objectsHaveALimit() throws {
        var fixture = PDFFixture()
        fixture.page(content: "")
        for _ in 0..<50 { _ = fixture.add("null") }
        var limits = CompressionLimits()
        limits.objects = 40
        #expect(try failureCode(fixture.build(), limits: limits) == "limit_exceeded")
    }
}
