import Compression
import Testing

/// Documents that must stay untouched, structures that must survive.
@Suite struct PDFDocumentTests {
    private static func photoPage(catalog: String = "", extraObject: String? = nil) -> [UInt8] {
        var fixture = PDFFixture()
        fixture.catalog = catalog
        let image = fixture.add(image: .photo(200, 150))
        fixture.page(showing: image, width: 144, height: 108)
        if let extraObject { _ = fixture.add(extraObject) }
        return fixture.build()
    }

    private static let signature = "<</Type /Sig /Filter /Adobe.PPKLite /ByteRange [0 1 2 3] /Contents <00>>>"

    @Test(arguments: [
        photoPage(extraObject: signature),
        photoPage(catalog: "/AcroForm <</Fields [] /SigFlags 3>>"),
        photoPage(catalog: "/Perms <</DocMDP <</Type /Sig>>>>"),
        photoPage(extraObject: "<</FT /Sig /T (s) /V <</Type /Sig /Contents <00>>>>>"),
    ])
    func signedDocumentComesBackUntouched(input: [UInt8]) throws {
        let result = try compress(input)
        #expect(result.report.outcome == .untouched)
        #expect(result.report.reason == .signed)
        #expect(result.output == input)
    }

    @Test func documentWithUsageRightsComesBackUntouched() throws {
        let input = Self.photoPage(catalog: "/Perms <</UR3 <</Type /Sig>>>>")
        let result = try compress(input)
        #expect(result.report.reason == .usageRights)
        #expect(result.output == input)
    }

    @Test func emptySignatureFieldDoesNotStopCompression() throws {
        let input = Self.photoPage(
            catalog: "/AcroForm <</Fields [] /SigFlags 1>>", extraObject: "<</FT /Sig /T (sign here)>>")
        #expect(try compress(input).report.outcome == .compressed)
    }

    @Test func documentThatAsksForAPasswordComesBackUntouched() throws {
        let input = try #require(OpenedPDF(Self.photoPage())).encrypted(user: "secret", owner: "owner")
        let result = try compress(input)
        #expect(result.report.reason == .passwordRequired)
        #expect(result.output == input)
    }

    @Test func documentWithAnOwnerPasswordStaysEncrypted() throws {
        let input = try #require(OpenedPDF(Self.photoPage())).encrypted(user: "", owner: "owner")
        let result = try compress(input)
        #expect(result.report.outcome == .compressed)
        let opened = try #require(OpenedPDF(result.output))
        #expect(opened.isEncrypted)
        #expect(opened.images.map(\.filter) == ["/DCTDecode"])
        let image = try #require(opened.images.first)
        #expect(Picture.decode(jpeg: image.stored) != nil)
    }

    @Test func smallDocumentComesBackByteForByte() throws {
        var fixture = PDFFixture()
        fixture.page(content: "BT ET")
        let result = try compress(try compress(fixture.build(), .small).output)
        #expect(result.report.reason == .noGain)
        #expect(result.report.outputBytes == result.report.inputBytes)
    }

    @Test func structuresSurvive() throws {
        var fixture = PDFFixture()
        let image = fixture.add(image: .photo(200, 150))
        let metadata = fixture.add(stream: "/Type /Metadata /Subtype /XML", Array("<x:xmpmeta/>".utf8))
        let attachment = fixture.add(stream: "/Type /EmbeddedFile", Array("attached text".utf8))
        fixture.catalog = """
            /Metadata \(metadata) 0 R /Lang (en) /MarkInfo <</Marked true>> /StructTreeRoot <</Type /StructTreeRoot>>
            /AcroForm <</Fields []>> /OCProperties <</OCGs [] /D <<>>>> /Outlines <</Type /Outlines>>
            /Names <</EmbeddedFiles <</Names [(a) <</Type /Filespec /F (a) /EF <</F \(attachment) 0 R>>>>]>>>>
            """
        fixture.page(showing: image, width: 144, height: 108)
        let result = try compress(fixture.build())
        let catalog = try #require(OpenedPDF(result.output)).catalogText
        #expect(result.report.outcome == .compressed)
        for key in [
            "/Metadata", "/Lang", "/MarkInfo", "/StructTreeRoot", "/AcroForm", "/OCProperties", "/Outlines", "/Names",
        ] {
            #expect(catalog.contains(key))
        }
        #expect(contains(result.output, "<x:xmpmeta/>"))
    }

    @Test func privateDataAndThumbnailsGo() throws {
        var fixture = PDFFixture()
        let thumb = fixture.add(image: .photo(60, 60))
        let secret = fixture.add(stream: "", Picture.photo(60, 60, seed: 9).pixels)
        fixture.page(
            content: "", extra: "/Thumb \(thumb) 0 R /PieceInfo <</App <</Private \(secret) 0 R>>>>")
        let result = try compress(fixture.build(), .lossless)
        #expect(result.output.count < 2000)
        #expect(result.report.transforms.contains { $0.name == "private_data_removed" && $0.count == 2 })
    }

    @Test func identicalStreamsAreStoredOnce() throws {
        var fixture = PDFFixture()
        for _ in 0..<4 {
            let mask = fixture.add(image: .diagram(120, 90, channels: 1))
            let image = fixture.add(jpeg: .photo(120, 90), extra: "/SMask \(mask) 0 R")
            fixture.page(showing: image, width: 288, height: 216)
        }
        let opened = try #require(OpenedPDF(try compress(fixture.build(), .lossless).output))
        #expect(opened.pageCount == 4)
        #expect(opened.images.count == 2)
    }

    @Test func archiveOfPart1GetsNoObjectStreams() throws {
        var fixture = PDFFixture()
        let image = fixture.add(image: .photo(200, 150))
        let metadata = fixture.add(
            stream: "/Type /Metadata /Subtype /XML", Array("<rdf:Description pdfaid:part=\"1\"/>".utf8))
        fixture.catalog = "/Metadata \(metadata) 0 R"
        fixture.page(showing: image, width: 144, height: 108)
        let output = try compress(fixture.build()).output
        #expect(!contains(output, "/ObjStm"))
        #expect(contains(output, "pdfaid:part"))
        let ordinary = try compress(Self.photoPage()).output
        #expect(contains(ordinary, "/ObjStm"))
    }

    @Test func equalInputGivesEqualOutput() throws {
        let input = Self.photoPage()
        #expect(try compress(input).output == compress(input).output)
    }

    private func contains(_ bytes: [UInt8], _ text: String) -> Bool {
        let word = Array(text.utf8)
        return bytes.indices.contains { bytes[$0] == word[0] && bytes[$0...].starts(with: word) }
    }
}
