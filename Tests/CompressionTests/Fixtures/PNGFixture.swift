import CCodecs

/// Writes and reads PNG files for tests, without the code under test.
struct PNGFixture {
    /// Colour type of the header.
    var colourType: UInt8
    var bits: UInt8
    var picture: Picture
    /// Chunks between header and data.
    var chunks: [(String, [UInt8])] = []

    /// Samples as the file stores them: already packed or 16 bits wide where `bits` says so.
    func build(samples: [UInt8]? = nil) -> [UInt8] {
        let samples = samples ?? picture.pixels
        let stride = samples.count / picture.height
        var rows: [UInt8] = []
        for y in 0..<picture.height { rows += [0] + samples[(y * stride)..<((y + 1) * stride)] }
        let header = word(picture.width) + word(picture.height) + [bits, colourType, 0, 0, 0]
        var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        for (type, body) in [("IHDR", header)] + chunks + [("IDAT", deflated(rows, level: 1)), ("IEND", [])] {
            let content = Array(type.utf8) + body
            file += word(body.count) + content + word(Int(ccodecs_crc32(content, content.count)))
        }
        return file
    }

    private func word(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
}

/// A PNG as every viewer sees it: 16 bits a channel, RGBA.
struct SeenPNG: Equatable {
    let width: Int
    let height: Int
    let samples: [UInt16]

    init?(_ file: [UInt8]) {
        var facts = ccodecs_png_info()
        var message = [CChar](repeating: 0, count: Int(CCODECS_MESSAGE))
        guard ccodecs_png_inspect(file, file.count, &facts, &message) == CCODECS_OK else { return nil }
        width = Int(facts.width)
        height = Int(facts.height)
        var rows = [UInt8](repeating: 0, count: facts.row_bytes * height)
        guard ccodecs_png_decode(file, file.count, &rows, rows.count, &message) == CCODECS_OK else { return nil }
        let bits = Int(facts.bits)
        var values: [UInt16] = []
        for y in 0..<height {
            let row = rows[(y * facts.row_bytes)..<((y + 1) * facts.row_bytes)]
            for index in 0..<(width * Int(facts.channels)) {
                let first = row[row.startIndex + index * bits / 8]
                switch bits {
                case 16: values.append(UInt16(first) << 8 | UInt16(row[row.startIndex + index * 2 + 1]))
                default: values.append(UInt16(first >> (8 - bits - index * bits % 8)) & UInt16((1 << bits) - 1))
                }
            }
        }
        samples = Self.expand(
            values, Int(facts.colour_type), bits, Self.chunk("PLTE", file), Self.chunk("tRNS", file))
    }

    static func chunk(_ type: String, _ file: [UInt8]) -> [UInt8] {
        var at = 8
        while at + 12 <= file.count {
            let length = file[at..<(at + 4)].reduce(0) { $0 << 8 | Int($1) }
            if Array(file[(at + 4)..<(at + 8)]) == Array(type.utf8) { return Array(file[(at + 8)..<(at + 8 + length)]) }
            at += 12 + length
        }
        return []
    }

    private static func expand(
        _ values: [UInt16], _ type: Int, _ bits: Int, _ table: [UInt8], _ transparency: [UInt8]
    ) -> [UInt16] {
        func wide(_ value: UInt16) -> UInt16 { UInt16(Int(value) * 65535 / ((1 << bits) - 1)) }
        let key = stride(from: 0, to: transparency.count - 1, by: 2).map {
            UInt16(transparency[$0]) << 8 | UInt16(transparency[$0 + 1])
        }
        let channels = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][type] ?? 1
        return stride(from: 0, to: values.count, by: channels).flatMap { at -> [UInt16] in
            let pixel = Array(values[at..<(at + channels)])
            switch type {
            case 3:
                let entry = Int(pixel[0])
                let alpha = entry < transparency.count ? UInt16(transparency[entry]) : 255
                return (0..<3).map { UInt16(table[entry * 3 + $0]) * 257 } + [alpha * 257]
            case 0: return Array(repeating: wide(pixel[0]), count: 3) + [pixel == key ? 0 : 65535]
            case 2: return pixel.map(wide) + [pixel == key ? 0 : 65535]
            case 4: return Array(repeating: wide(pixel[0]), count: 3) + [wide(pixel[1])]
            default: return pixel.map(wide)
            }
        }
    }
}
