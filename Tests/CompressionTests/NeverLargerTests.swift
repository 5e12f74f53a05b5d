import Compression
import Testing

@Suite struct NeverLargerTests {
    private static var inputs: [(MediaKind, [UInt8])] {
        var inputs: [(MediaKind, [UInt8])] = []
        for (width, quality) in [(1, 5), (9, 50), (65, 90), (130, 100)] {
            let photo = Picture.photo(width, width)
            inputs.append((.jpeg, photo.jpeg(quality: quality)))
            inputs.append((.png, PNGFixture(colourType: 2, bits: 8, picture: photo).build()))
            var fixture = PDFFixture()
            let jpeg = fixture.add(jpeg: photo, quality: quality)
            let flate = fixture.add(image: .diagram(width, width))
            fixture.page(showing: jpeg, width: 200, height: 100)
            fixture.page(showing: flate, width: 10, height: 10)
            inputs.append((.pdf, fixture.build()))
        }
        return inputs
    }

    @Test(arguments: CompressionPreset.allCases)
    func outputIsNeverLargerAndTheReportIsTrue(preset: CompressionPreset) throws {
        for (kind, input) in Self.inputs {
            let first = try compress(input, as: kind, preset)
            let second = try compress(first.output, as: kind, preset)
            #expect(first.output.count <= input.count)
            #expect(second.output.count <= first.output.count)
            #expect(first.report.inputBytes == input.count)
            #expect(first.report.outputBytes == first.output.count)
            #expect((first.report.outcome == .untouched) == (first.output == input))
        }
    }
}
