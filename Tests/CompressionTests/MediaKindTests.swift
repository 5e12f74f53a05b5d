import Compression
import Testing

@Suite struct MediaKindTests {
    @Test func magicBytesDecide() {
        #expect(MediaKind.detect(prefix: Picture.photo(8, 8).jpeg()) == .jpeg)
        #expect(MediaKind.detect(prefix: PNGFixture(colourType: 2, bits: 8, picture: .photo(8, 8)).build()) == .png)
        #expect(MediaKind.detect(prefix: Array("%PDF-1.4".utf8)) == .pdf)
        #expect(MediaKind.detect(prefix: Array("GIF89a".utf8)) == nil)
        #expect(MediaKind.detect(prefix: [UInt8]()) == nil)
    }

    @Test(arguments: [(1019, true), (1020, false)])
    func headerOfAPDFMayStandWithinTheFirst1024Bytes(offset: Int, isFound: Bool) {
        let bytes = [UInt8](repeating: 0x20, count: offset) + Array("%PDF-1.4".utf8)
        #expect((MediaKind.detect(prefix: bytes) == .pdf) == isFound)
    }
}
