/// The marker segments of a JPEG file that must outlive recompression.
struct JPEGMarkers {
    /// Colour profile segments, whole.
    private(set) var profile: [[UInt8]] = []
    /// EXIF orientation 1...8; 1 when absent.
    private(set) var orientation = 1
    /// A second pass finds this and does not lose quality again.
    private(set) var isOurs = false

    private static let signature = Array("opsctl".utf8)

    init(_ bytes: [UInt8]) {
        var at = 2
        while at + 4 <= bytes.count {
            let marker = bytes[at + 1]
            // Decoders skip what stands between segments, and so do we: an orientation behind it counts.
            guard bytes[at] == 0xFF, marker != 0xFF else {
                at += 1
                continue
            }
            guard !Self.isBare(marker) else {
                at += 2
                continue
            }
            let length = Int(bytes[at + 2]) << 8 | Int(bytes[at + 3])
            guard marker != 0xDA, marker != 0xD9, length >= 2, at + 2 + length <= bytes.count else { return }
            read(marker, bytes[(at + 4)..<(at + 2 + length)], whole: bytes[at..<(at + 2 + length)])
            at += 2 + length
        }
    }

    /// Markers without a length: stuffed zeros, TEM and restarts.
    private static func isBare(_ marker: UInt8) -> Bool { marker < 2 || (0xD0...0xD7).contains(marker) }

    /// `bytes` with the segments that matter put back behind the first ones.
    func applied(to bytes: [UInt8], marksOurs: Bool) -> [UInt8] {
        var extra: [UInt8] = []
        if orientation != 1 { extra += Self.exif(orientation) }
        for segment in profile { extra += segment }
        if marksOurs || isOurs { extra += Self.segment(0xFE, Self.signature) }
        let at = Self.endOfJFIF(bytes)
        return Array(bytes[..<at]) + extra + Array(bytes[at...])
    }

    private mutating func read(_ marker: UInt8, _ body: ArraySlice<UInt8>, whole: ArraySlice<UInt8>) {
        switch marker {
        case 0xE1 where body.starts(with: Array("Exif\0\0".utf8)):
            orientation = EXIFOrientation.read(Array(body.dropFirst(6))) ?? orientation
        case 0xE2 where body.starts(with: Array("ICC_PROFILE\0".utf8)): profile.append(Array(whole))
        case 0xFE where body.elementsEqual(Self.signature): isOurs = true
        default: break
        }
    }

    private static func endOfJFIF(_ bytes: [UInt8]) -> Int {
        guard bytes.count > 6, bytes[2] == 0xFF, bytes[3] == 0xE0 else { return 2 }
        return min(bytes.count, 4 + (Int(bytes[4]) << 8 | Int(bytes[5])))
    }

    private static func segment(_ marker: UInt8, _ body: [UInt8]) -> [UInt8] {
        let length = body.count + 2
        return [0xFF, marker, UInt8(length >> 8), UInt8(length & 255)] + body
    }

    /// The smallest EXIF block: one directory with one entry.
    private static func exif(_ orientation: Int) -> [UInt8] {
        let directory: [UInt8] = [0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, UInt8(orientation), 0, 0, 0, 0, 0, 0]
        return segment(0xE1, Array("Exif\0\0MM".utf8) + [0, 42, 0, 0, 0, 8] + directory)
    }
}
