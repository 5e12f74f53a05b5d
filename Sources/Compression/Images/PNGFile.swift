import CCodecs

/// The chunks of a PNG file, read and written.
struct PNGFile {
    struct Chunk {
        let type: String
        let body: [UInt8]
    }

    let chunks: [Chunk]

    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    init(_ bytes: [UInt8]) throws {
        var chunks: [Chunk] = []
        var at = Self.signature.count
        while at + 12 <= bytes.count {
            let length = bytes[at..<(at + 4)].reduce(0) { $0 << 8 | Int($1) }
            guard at + 12 + length <= bytes.count else { break }
            let type = String(decoding: bytes[(at + 4)..<(at + 8)], as: UTF8.self)
            chunks.append(Chunk(type: type, body: type == "IDAT" ? [] : Array(bytes[(at + 8)..<(at + 8 + length)])))
            at += 12 + length
            if type == "IEND" { break }
        }
        guard chunks.last?.type == "IEND" else { throw CodecError.damaged("the file ends too early") }
        self.chunks = chunks
    }

    func first(_ type: String) -> Chunk? { chunks.first { $0.type == type } }

    static func write(_ chunks: [Chunk]) -> [UInt8] {
        var bytes = signature
        for chunk in chunks {
            bytes += word(chunk.body.count)
            let body = Array(chunk.type.utf8) + chunk.body
            bytes += body
            bytes += word(Int(ccodecs_crc32(body, body.count)))
        }
        return bytes
    }

    static func word(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
