import CCodecs
import Compression
import Testing

@Suite struct PNGTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let file: [UInt8]

        init(_ name: String, _ fixture: PNGFixture, samples: [UInt8]? = nil) {
            testDescription = name
            file = fixture.build(samples: samples)
        }
    }

    private static func wide(_ picture: Picture, exact: Bool) -> [UInt8] {
        picture.pixels.flatMap { [$0, exact ? $0 : $0 ^ 0x5A] }
    }

    private static let opaque = Picture(
        width: 40, height: 30, channels: 4,
        pixels: Picture.photo(40, 30).pixels.enumerated().flatMap { $0 % 3 == 2 ? [$1, 255] : [$1] })
    private static let greyOnly = Picture(
        width: 40, height: 30, channels: 3,
        pixels: Picture.photo(40, 30, channels: 1).pixels.flatMap { [$0, $0, $0] })
    private static let table = (0..<16).flatMap { [UInt8($0 * 16), UInt8(255 - $0), UInt8($0)] }

    private static let cases = [
        Case("photograph", PNGFixture(colourType: 2, bits: 8, picture: .photo(60, 40))),
        Case("few colours", PNGFixture(colourType: 2, bits: 8, picture: .diagram(60, 40))),
        Case("alpha", PNGFixture(colourType: 6, bits: 8, picture: .photo(40, 30, channels: 4))),
        Case("alpha, few colours", PNGFixture(colourType: 6, bits: 8, picture: .diagram(60, 40, channels: 4))),
        Case("opaque alpha", PNGFixture(colourType: 6, bits: 8, picture: opaque)),
        Case("grey as RGB", PNGFixture(colourType: 2, bits: 8, picture: greyOnly)),
        Case("grey", PNGFixture(colourType: 0, bits: 8, picture: .photo(60, 40, channels: 1))),
        Case("grey alpha", PNGFixture(colourType: 4, bits: 8, picture: .photo(60, 40, channels: 2))),
        Case("grey alpha, few", PNGFixture(colourType: 4, bits: 8, picture: .diagram(60, 40, channels: 2))),
        Case(
            "two levels",
            PNGFixture(
                colourType: 0, bits: 8,
                picture: Picture(
                    width: 61, height: 41, channels: 1,
                    pixels: Picture.diagram(61, 41, channels: 1, colours: 2).pixels.map { $0 > 0 ? 255 : 0 }))),
        Case(
            "16 bits", PNGFixture(colourType: 2, bits: 16, picture: .photo(40, 30)),
            samples: wide(.photo(40, 30), exact: false)),
        Case(
            "16 bits, widened", PNGFixture(colourType: 2, bits: 16, picture: .photo(40, 30)),
            samples: wide(.photo(40, 30), exact: true)),
        Case(
            "palette of 4 bits",
            PNGFixture(
                colourType: 3, bits: 4, picture: Picture(width: 60, height: 30, channels: 1, pixels: []),
                chunks: [("PLTE", table), ("tRNS", [0, 128])]), samples: Picture.photo(30, 30, channels: 1).pixels),
        Case(
            "colour key",
            PNGFixture(
                colourType: 2, bits: 8, picture: .diagram(60, 40), chunks: [("tRNS", [0, 40, 0, 60, 0, 80])])),
    ]

    @Test(arguments: cases)
    func everyPixelStays(_ png: Case) throws {
        let before = try #require(SeenPNG(png.file))
        let result = try compress(png.file, as: .png)
        let after = try #require(SeenPNG(result.output))
        #expect(after == before)
        #expect(result.output.count < png.file.count)
    }

    @Test func modesShrinkToWhatThePixelsNeed() throws {
        func header(_ name: String) throws -> [UInt8] {
            let png = try #require(Self.cases.first { $0.testDescription == name })
            return Array(SeenPNG.chunk("IHDR", try compress(png.file, as: .png).output)[8..<10])
        }
        #expect(try header("few colours") == [4, 3])
        #expect(try header("opaque alpha") == [8, 2])
        #expect(try header("grey as RGB") == [8, 0])
        #expect(try header("two levels") == [1, 0])
        #expect(try header("16 bits, widened") == [8, 2])
        #expect(try header("16 bits") == [16, 2])
    }

    @Test func colourInformationStaysAndTextGoes() throws {
        let fixture = PNGFixture(
            colourType: 2, bits: 8, picture: .photo(60, 40),
            chunks: [
                ("gAMA", [0, 0, 0xB1, 0x8F]), ("pHYs", [0, 0, 0x0B, 0x13, 0, 0, 0x0B, 0x13, 1]),
                ("tEXt", Array("Author\0Me".utf8)),
            ])
        let output = try compress(fixture.build(), as: .png).output
        #expect(SeenPNG.chunk("gAMA", output) == [0, 0, 0xB1, 0x8F])
        #expect(SeenPNG.chunk("pHYs", output).count == 9)
        #expect(SeenPNG.chunk("tEXt", output).isEmpty)
    }

    @Test func animationComesBackUntouched() throws {
        let fixture = PNGFixture(
            colourType: 2, bits: 8, picture: .photo(60, 40), chunks: [("acTL", [0, 0, 0, 2, 0, 0, 0, 0])])
        let result = try compress(fixture.build(), as: .png)
        #expect(result.report.reason == .noGain)
        #expect(result.output == fixture.build())
    }

    @Test func secondPassChangesNothing() throws {
        for png in Self.cases {
            let first = try compress(png.file, as: .png).output
            #expect(try compress(first, as: .png).output == first)
        }
    }

    @Test func tooManyDecodedBytesAreRefusedBeforeTheyAreDecoded() throws {
        var file = PNGFixture(colourType: 2, bits: 8, picture: .photo(60, 40)).build()
        file.replaceSubrange(16..<24, with: [0, 0, 0x27, 0x10, 0, 0, 0x27, 0x10])  // 10000 by 10000
        let sum = ccodecs_crc32(Array(file[12..<29]), 17)
        file.replaceSubrange(29..<33, with: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> $0) })
        #expect(try failureCode(file, as: .png) == "limit_exceeded")
    }

    @Test func truncatedFileIsUnreadable() throws {
        let whole = PNGFixture(colourType: 2, bits: 8, picture: .photo(60, 40)).build()
        #expect(try failureCode(Array(whole.prefix(whole.count * 2 / 3)), as: .png) == "unreadable")
    }
}
