import Compression
import Foundation
import Testing

@Suite struct JPEGTests {
    /// Inserts segments behind the JFIF header of a fixture.
    private func jpeg(_ picture: Picture, quality: Int = 95, with segments: [UInt8]) -> [UInt8] {
        let bytes = picture.jpeg(quality: quality)
        return Array(bytes[..<20]) + segments + Array(bytes[20...])
    }

    private func segment(_ marker: UInt8, _ body: [UInt8]) -> [UInt8] {
        [0xFF, marker, UInt8((body.count + 2) >> 8), UInt8((body.count + 2) & 255)] + body
    }

    private func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        bytes.indices.contains { bytes[$0] == part[0] && bytes[$0...].starts(with: part) }
    }

    /// Little-endian EXIF whose orientation says "turn right".
    private var turned: [UInt8] {
        segment(
            0xE1,
            Array("Exif\0\0II".utf8) + [42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0])
    }

    /// 32 by 32 grey pixels, baseline, with the standard's own Huffman tables: what cameras and scanners write.
    private static let baseline = """
        /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUfGhsjHBYWICwgIyYn
        KSopGR8tMC0oMCUoKSj/wAALCAAgACABAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUF
        BAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVW
        V1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi
        4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/AOA0+26cV0un23Tium0+26cV0un23TivKtPtunFdLp9t04rpdPtunFc/8R/EX9n2
        p0awaJrm5QrcnqYoyPu46ZYE+4HbkGs/T7bpxXTafbdOKteINVi8O6HLeyDMp/dwLtLBpCCVB6ccEnkcA98V475lxqN7Jd3srTXE
        rbndupP9B2A6AV6bp9t04ro7WJIYmlmZY4kUszscBQOSSewrxzxNrUviTWWuP3qWafLbwuR8i8ZPHGSRk9ewyQBUun23Tiv/2Q==
        """

    @Test func losslessKeepsEveryCoefficient() throws {
        let input = Array(try #require(Data(base64Encoded: Self.baseline, options: .ignoreUnknownCharacters)))
        let result = try compress(input, as: .jpeg, .lossless)
        #expect(result.output.count < input.count)
        #expect(Picture.decode(jpeg: result.output) == Picture.decode(jpeg: input))
    }

    @Test func balancedIsMuchSmallerAndLooksTheSame() throws {
        let input = Picture.photo(320, 240).jpeg()
        let result = try compress(input, as: .jpeg)
        let picture = try #require(Picture.decode(jpeg: result.output))
        #expect(result.output.count * 2 < input.count)
        let difference = try #require(picture.difference(from: .photo(320, 240)))
        #expect(difference < 8)
    }

    @Test func smallIsNotLargerThanBalanced() throws {
        let input = Picture.photo(320, 240).jpeg()
        let balanced = try compress(input, as: .jpeg, .balanced).output.count
        #expect(try compress(input, as: .jpeg, .small).output.count <= balanced)
    }

    @Test(arguments: CompressionPreset.allCases)
    func orientationAndProfileStayAndOtherMetadataGo(preset: CompressionPreset) throws {
        let profile = segment(0xE2, Array("ICC_PROFILE\0\u{1}\u{1}".utf8) + [1, 2, 3, 4])
        let note = segment(0xFE, Array("taken at home".utf8))
        let input = jpeg(.photo(160, 120), with: turned + profile + note)
        let output = try compress(input, as: .jpeg, preset).output
        #expect(contains(output, profile))
        #expect(contains(output, Array("Exif\0\0MM".utf8)))
        #expect(contains(output, [1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6]))
        #expect(!contains(output, Array("taken".utf8)))
        #expect(Picture.decode(jpeg: output) != nil)
    }

    @Test(arguments: CompressionPreset.allCases)
    func bytesBetweenSegmentsAreNoDamage(preset: CompressionPreset) throws {
        let output = try compress(jpeg(.photo(160, 120), with: [0, 7, 9] + turned), as: .jpeg, preset).output
        #expect(contains(output, [1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6]))
        #expect(Picture.decode(jpeg: output) != nil)
    }

    @Test(arguments: CompressionPreset.allCases)
    func secondPassChangesNothing(preset: CompressionPreset) throws {
        let first = try compress(Picture.photo(160, 120).jpeg(), as: .jpeg, preset)
        let second = try compress(first.output, as: .jpeg, preset)
        #expect(second.report.reason == .noGain)
        #expect(second.output == first.output)
    }

    @Test func poorPictureIsNotEncodedAgain() throws {
        let input = Picture.photo(320, 240).jpeg(quality: 20)
        let output = try compress(input, as: .jpeg).output
        #expect(Picture.decode(jpeg: output) == Picture.decode(jpeg: input))
    }

    @Test func longestSideIsLimitedInSmall() throws {
        let input = Picture.photo(4000, 40).jpeg()
        let output = try compress(input, as: .jpeg, .small).output
        #expect(Picture.decode(jpeg: output)?.width == 3840)
    }

    @Test func halfAJPEGIsUnreadable() throws {
        let input = Picture.photo(320, 240).jpeg()
        #expect(try failureCode(Array(input.prefix(input.count / 2)), as: .jpeg) == "unreadable")
    }
}
