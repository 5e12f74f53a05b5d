import Compression
import Testing

@Suite struct PDFImageTests {
    @Test func imageHeavyDocumentShrinksAndKeepsItsPagesAndText() throws {
        var fixture = PDFFixture()
        let image = fixture.add(image: .photo(400, 300))
        fixture.page(showing: image, width: 288, height: 216)
        fixture.page(content: "BT /F1 12 Tf (Hello) Tj ET")
        let result = try compress(fixture.build())
        let before = try #require(OpenedPDF(fixture.build()))
        let after = try #require(OpenedPDF(result.output))
        #expect(result.report.outcome == .compressed)
        #expect(result.report.pages == 2)
        #expect(result.report.imagesReplaced == 1)
        #expect(result.output.count * 4 < fixture.build().count)
        #expect(after.pageCount == 2)
        #expect((0..<2).map(after.pageContent) == (0..<2).map(before.pageContent))
        let replaced = try #require(after.images.first)
        let picture = try #require(Picture.decode(jpeg: replaced.stored))
        let difference = try #require(picture.difference(from: .photo(400, 300)))
        #expect(difference < 8)
    }

    @Test(arguments: [(72, 300), (576, 600)])
    func placementDecidesHowManyPixelsStay(points: Int, expected: Int) throws {
        // 600 pixels: 600 dpi when 72 points wide, 75 dpi when 576 points wide; the target is 150 dpi.
        var fixture = PDFFixture()
        let image = fixture.add(jpeg: .photo(600, 600))
        fixture.page(showing: image, width: points, height: points)
        let images = try #require(OpenedPDF(try compress(fixture.build()).output)).images
        #expect(images.map(\.width) == [expected == 300 ? 150 : 600])
    }

    @Test(arguments: ["72 0 0 288", "0 72 -288 0", "0 288 -72 0", "36 36 -288 288"])
    func coarserDirectionDecidesHoweverTheImageIsTurned(matrix: String) throws {
        var fixture = PDFFixture()
        let image = fixture.add(jpeg: .photo(600, 600))
        // At least one side has 288 points or more for 600 pixels: 150 dpi or less.
        fixture.page(content: "q \(matrix) 90 90 cm /A Do Q", resources: "/XObject <</A \(image) 0 R>>")
        let images = try #require(OpenedPDF(try compress(fixture.build()).output)).images
        #expect(images.map(\.width) == [600])
    }

    @Test func matricesMultiplyInOrder() throws {
        var fixture = PDFFixture()
        let image = fixture.add(jpeg: .photo(600, 600))
        // Turned, then stretched along y: the width of 36 points becomes 144, the height of 144 stays.
        let content = "q 1 0 0 4 0 0 cm 0 1 -1 0 0 0 cm q 9 0 0 9 0 0 cm Q 36 0 0 144 0 0 cm /A Do Q"
        fixture.page(content: content, resources: "/XObject <</A \(image) 0 R>>")
        let other = fixture.add(jpeg: .photo(600, 600, seed: 2))
        fixture.page(
            content: "q 0 1 -1 0 0 0 cm q 2 0 0 2 0 0 cm 36 36 -9 9 0 0 cm /A Do Q Q",
            resources: "/XObject <</A \(other) 0 R>>")
        let images = try #require(OpenedPDF(try compress(fixture.build()).output)).images
        // 72 times the root of two is 101.8 points, at 150 dpi.
        #expect(images.map(\.width) == [300, 212])
    }

    @Test func largestPlacementCountsInAnyOrder() throws {
        var fixture = PDFFixture()
        let image = fixture.add(jpeg: .photo(600, 600))
        fixture.page(showing: image, width: 144, height: 36)
        fixture.page(showing: image, width: 36, height: 36)
        let images = try #require(OpenedPDF(try compress(fixture.build()).output)).images
        #expect(images.map(\.width) == [300])
    }

    @Test func largestPlacementCounts() throws {
        var fixture = PDFFixture()
        let image = fixture.add(jpeg: .photo(600, 600))
        fixture.page(showing: image, width: 36, height: 36)
        let form = fixture.add(
            stream:
                "/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Matrix [2 0 0 2 0 0] /Resources <</XObject <</A \(image) 0 R>>>>",
            Array("q 72 0 0 72 0 0 cm /A Do Q".utf8))
        fixture.page(content: "0 1 -1 0 0 0 cm /Fm Do", resources: "/XObject <</Fm \(form) 0 R>>")
        let images = try #require(OpenedPDF(try compress(fixture.build()).output)).images
        // 144 points at 150 dpi, however the page is turned.
        #expect(images.map(\.width) == [300])
    }

    @Test func appearanceOfAnAnnotationIsAPlacement() throws {
        var fixture = PDFFixture()
        let image = fixture.add(jpeg: .photo(600, 600))
        let form = fixture.add(
            stream: "/Type /XObject /Subtype /Form /BBox [0 0 10 10] /Resources <</XObject <</A \(image) 0 R>>>>",
            Array("10 0 0 10 0 0 cm /A Do".utf8))
        fixture.page(
            content: "", extra: "/Annots [<</Type /Annot /Subtype /Stamp /Rect [0 0 144 144] /AP <</N \(form) 0 R>>>>]")
        let images = try #require(OpenedPDF(try compress(fixture.build()).output)).images
        #expect(images.map(\.width) == [300])
    }

    @Test(arguments: ["q 36 0 0 36 0 0 cm /Im0 Do Q bogus", "(never closed", "BI /W 1 ID xxxxx"])
    func imageOfContentThatIsNotUnderstoodKeepsItsPixels(content: String) throws {
        var fixture = PDFFixture()
        let image = fixture.add(jpeg: .photo(300, 300))
        fixture.page(content: "q 36 0 0 36 0 0 cm /Im0 Do Q " + content, resources: "/XObject <</Im0 \(image) 0 R>>")
        let images = try #require(OpenedPDF(try compress(fixture.build()).output)).images
        #expect(images.map(\.width) == [300])
    }

    @Test(arguments: ["A", "#e9", "Gone"])
    func imageDrawnLargeUnderAnyNameKeepsItsPixels(name: String) throws {
        // Read with the name's byte replaced, the large drawing has no entry and only the small one would count.
        var fixture = PDFFixture()
        let image = fixture.add(jpeg: .photo(600, 600))
        fixture.page(
            content: "q 20 0 0 20 0 0 cm /A Do Q q 600 0 0 600 0 0 cm /\(name) Do Q",
            resources: "/XObject <</A \(image) 0 R /#e9 \(image) 0 R>>")
        let images = try #require(OpenedPDF(try compress(fixture.build()).output)).images
        #expect(images.map(\.width) == [600])
    }

    @Test func imageKnownOnlyByAnUnreadableNameKeepsItsPixels() throws {
        var fixture = PDFFixture()
        let image = fixture.add(jpeg: .photo(600, 600))
        fixture.page(showing: image, width: 20, height: 20)
        fixture.page(content: "q 600 0 0 600 0 0 cm /#e9 Do Q", resources: "/XObject <</#e9 \(image) 0 R>>")
        let images = try #require(OpenedPDF(try compress(fixture.build()).output)).images
        #expect(images.map(\.width) == [600])
    }

    @Test func imageBehindAnInlineImageIsSeen() throws {
        var fixture = PDFFixture()
        let image = fixture.add(jpeg: .photo(600, 600))
        fixture.page(
            content: "q BI /W 4 /H 4 /BPC 8 /CS /G ID EIabEI)(<<[/ q q EI Q q 72 0 0 72 0 0 cm /Im0 Do Q",
            resources: "/XObject <</Im0 \(image) 0 R>>")
        let images = try #require(OpenedPDF(try compress(fixture.build()).output)).images
        #expect(images.map(\.width) == [150])
    }

    @Test func imageThatIsNeverDrawnKeepsItsPixels() throws {
        var fixture = PDFFixture()
        let image = fixture.add(jpeg: .photo(600, 600))
        fixture.page(content: "0 0 9 9 re f", resources: "/XObject <</Im0 \(image) 0 R>>")
        let images = try #require(OpenedPDF(try compress(fixture.build()).output)).images
        #expect(images.map(\.width) == [600])
    }

    @Test func pixelsOfImagesInGlyphsStay() throws {
        var fixture = PDFFixture()
        let image = fixture.add(jpeg: .photo(300, 300))
        let glyph = fixture.add(stream: "", Array("750 0 0 0 750 750 d1 /A Do".utf8))
        let font = fixture.add(
            """
            <</Type /Font /Subtype /Type3 /FontBBox [0 0 750 750] /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 97
            /LastChar 97 /Widths [1000] /Encoding <</Differences [97 /a]>> /CharProcs <</a \(glyph) 0 R>>
            /Resources <</XObject <</A \(image) 0 R>>>>>>
            """)
        fixture.page(
            content: "q 36 0 0 36 0 0 cm /Im0 Do Q BT /T3 400 Tf (a) Tj ET",
            resources: "/XObject <</Im0 \(image) 0 R>> /Font <</T3 \(font) 0 R>>")
        let images = try #require(OpenedPDF(try compress(fixture.build()).output)).images
        #expect(images.map(\.width) == [300])
    }

    @Test func largeImageIsOnlyEverReplacedBySmallerBytes() throws {
        for preset in CompressionPreset.allCases {
            var fixture = PDFFixture()
            let image = fixture.add(jpeg: .photo(200, 200), quality: 30)
            fixture.page(showing: image, width: 400, height: 400)
            let before = try #require(OpenedPDF(fixture.build())?.images.first)
            let after = try #require(OpenedPDF(try compress(fixture.build(), preset).output)?.images.first)
            #expect(after.stored.count <= before.stored.count)
        }
    }

    @Test func secondPassDoesNotEncodeAgain() throws {
        var fixture = PDFFixture()
        for seed in 1...3 {
            let image = fixture.add(jpeg: .photo(300, 200, seed: UInt32(seed)))
            fixture.page(showing: image, width: 288, height: 192)
        }
        let first = try compress(fixture.build())
        let second = try compress(first.output)
        #expect(first.report.imagesReplaced == 3)
        #expect(second.report.imagesReplaced == 0)
        #expect(second.report.reason == .noGain)
        #expect(second.output == first.output)
    }
}
