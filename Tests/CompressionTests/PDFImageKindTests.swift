import Compression
import Testing

/// Masks, colour spaces and sample layouts.
@Suite struct PDFImageKindTests {
    private func images(_ fixture: PDFFixture, _ preset: CompressionPreset = .balanced) throws -> [OpenedPDF.Image] {
        try #require(OpenedPDF(try compress(fixture.build(), preset).output)).images
    }

    @Test func softMaskStaysBesideItsImage() throws {
        var fixture = PDFFixture()
        let mask = fixture.add(image: .diagram(400, 400, channels: 1))
        let image = fixture.add(image: .photo(400, 400), extra: "/SMask \(mask) 0 R")
        fixture.page(showing: image, width: 96, height: 96)
        let found = try images(fixture)
        let picture = try #require(found.first { $0.dictionary.contains("/SMask") })
        let kept = try #require(found.first { !$0.dictionary.contains("/SMask") })
        #expect(picture.filter == "/DCTDecode")
        #expect(picture.width == 200)
        #expect(kept.dictionary.contains("/DeviceGray"))
    }

    @Test func softMaskUsedAloneInAnotherImageStaysExactInLossless() throws {
        var fixture = PDFFixture()
        let mask = fixture.add(image: .diagram(90, 70, channels: 1))
        let image = fixture.add(image: .photo(90, 70), extra: "/SMask \(mask) 0 R")
        fixture.page(showing: image, width: 20, height: 20)
        let found = try images(fixture, .lossless)
        #expect(
            Set(found.map(\.decoded)) == [Picture.diagram(90, 70, channels: 1).pixels, Picture.photo(90, 70).pixels])
    }

    @Test func premultipliedImageKeepsSizeAndSamples() throws {
        var fixture = PDFFixture()
        let mask = fixture.add(image: .diagram(300, 300, channels: 1), extra: "/Matte [0 0 0]")
        let image = fixture.add(image: .photo(300, 300), extra: "/SMask \(mask) 0 R")
        fixture.page(showing: image, width: 72, height: 72)
        let found = try images(fixture)
        #expect(found.map(\.width) == [300, 300])
        #expect(found.allSatisfy { $0.filter == "/FlateDecode" })
    }

    @Test func colourKeyedImageKeepsItsSamples() throws {
        var fixture = PDFFixture()
        let image = fixture.add(image: .photo(300, 300), extra: "/Mask [10 20 10 20 10 20]")
        fixture.page(showing: image, width: 72, height: 72)
        let found = try images(fixture)
        #expect(found.map(\.decoded) == [Picture.photo(300, 300).pixels])
    }

    @Test func colourKeyThatASoftMaskOverridesGoesWithTheOldSamples() throws {
        var fixture = PDFFixture()
        let mask = fixture.add(image: .diagram(300, 300, channels: 1))
        let image = fixture.add(
            image: .photo(300, 300), extra: "/SMask \(mask) 0 R /Mask [10 20 10 20 10 20]")
        fixture.page(showing: image, width: 288, height: 288)
        let picture = try #require(try images(fixture).first { $0.dictionary.contains("/SMask") })
        #expect(picture.filter == "/DCTDecode")
        #expect(!picture.dictionary.contains("/Mask ["))
    }

    @Test func indexedPhotographBecomesRGB() throws {
        let table = (0..<256).flatMap { [UInt8($0), UInt8(255 - $0), UInt8($0 / 2)] }
        let indices = Picture.photo(300, 300, channels: 1)
        var fixture = PDFFixture()
        let text = table.map { String(65536 + Int($0), radix: 16).suffix(2) }.joined()
        let image = fixture.add(image: indices, space: "[/Indexed /DeviceRGB 255 <\(text)>]")
        fixture.page(showing: image, width: 288, height: 288)
        let found = try #require(try images(fixture).first)
        #expect(found.filter == "/DCTDecode")
        #expect(found.dictionary.contains("/ColorSpace /DeviceRGB"))
        let expected = Picture(
            width: 300, height: 300, channels: 3,
            pixels: indices.pixels.flatMap { Array(table[(Int($0) * 3)..<(Int($0) * 3 + 3)]) })
        let difference = try #require(Picture.decode(jpeg: found.stored)?.difference(from: expected))
        #expect(difference < 8)
    }

    @Test func imageOfFewColoursGetsATableWithTheSameColours() throws {
        var fixture = PDFFixture()
        let image = fixture.add(image: .diagram(300, 200))
        fixture.page(showing: image, width: 288, height: 192)
        let found = try #require(try images(fixture, .lossless).first)
        #expect(found.dictionary.contains("/Indexed"))
        #expect(found.dictionary.contains("/BitsPerComponent 4"))
        // Five colours, 40 apart, in order of appearance.
        let first = Array(Picture.diagram(300, 200).pixels.prefix(3))
        #expect(first == [0, 20, 40])
        #expect(found.decoded.prefix(6).allSatisfy { $0 == 0 })
        #expect(found.decoded.count == 150 * 200)
    }

    @Test(arguments: CompressionPreset.allCases)
    func stencilsAndInvertedImagesKeepTheirSamples(preset: CompressionPreset) throws {
        var fixture = PDFFixture()
        let bits = Picture.photo(25, 200, channels: 1).pixels
        let stencil = fixture.add(
            flate: "/Type /XObject /Subtype /Image /Width 200 /Height 200 /ImageMask true /BitsPerComponent 1", bits)
        let inverted = fixture.add(image: .photo(200, 200, channels: 1), extra: "/Decode [1 0]")
        fixture.page(
            content: "q 36 0 0 36 0 0 cm /A Do /B Do Q", resources: "/XObject <</A \(stencil) 0 R /B \(inverted) 0 R>>")
        let found = try images(fixture, preset)
        #expect(found.map(\.decoded) == [bits, Picture.photo(200, 200, channels: 1).pixels])
    }

    @Test func losslessKeepsEverySampleOfAPhotograph() throws {
        var fixture = PDFFixture()
        let image = fixture.add(image: .photo(200, 150))
        fixture.page(showing: image, width: 20, height: 15)
        let result = try compress(fixture.build(), .lossless)
        let found = try #require(OpenedPDF(result.output)?.images.first)
        #expect(found.decoded == Picture.photo(200, 150).pixels)
        #expect(result.output.count < fixture.build().count)
    }

    @Test func damagedJPEGStaysAsItIs() throws {
        var fixture = PDFFixture()
        let whole = Picture.photo(300, 300).jpeg()
        let half = Array(whole.prefix(whole.count / 2))
        let image = fixture.add(
            stream: """
                /Type /XObject /Subtype /Image /Width 300 /Height 300 /BitsPerComponent 8 /ColorSpace /DeviceRGB
                /Filter /DCTDecode
                """, half)
        fixture.page(showing: image, width: 36, height: 36)
        #expect(try images(fixture).map(\.stored) == [half])
    }

    @Test func jpegInsideBase85LosesTheWrapper() throws {
        var fixture = PDFFixture()
        let picture = Picture.photo(64, 64)
        let image = fixture.add(
            stream: """
                /Type /XObject /Subtype /Image /Width 64 /Height 64 /BitsPerComponent 8 /ColorSpace /DeviceRGB
                /Filter [/ASCIIHexDecode /DCTDecode]
                """, Array(picture.jpeg().map { String(256 + Int($0), radix: 16).suffix(2) }.joined().utf8) + [0x3E])
        fixture.page(showing: image, width: 288, height: 288)
        let found = try #require(try images(fixture, .lossless).first)
        #expect(found.filter == "/DCTDecode")
        #expect(Picture.decode(jpeg: found.stored) == Picture.decode(jpeg: picture.jpeg()))
    }
}
