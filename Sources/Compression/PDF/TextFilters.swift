/// The filters that turn bytes into printable characters, and run lengths.
enum TextFilters {
    static func asciiHex(_ bytes: [UInt8]) throws -> [UInt8] {
        var output: [UInt8] = []
        var high: UInt8?
        for byte in bytes where !isSpace(byte) {
            if byte == UInt8(ascii: ">") { break }
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else {
                throw CodecError.damaged("hex digit")
            }
            if let first = high {
                output.append(first << 4 | UInt8(digit))
                high = nil
            } else {
                high = UInt8(digit)
            }
        }
        if let high { output.append(high << 4) }
        return output
    }

    static func ascii85(_ bytes: [UInt8]) throws -> [UInt8] {
        var output: [UInt8] = []
        var group: [UInt8] = []
        for byte in bytes where !isSpace(byte) {
            switch byte {
            case UInt8(ascii: "~"):
                try append(group, to: &output)
                return output
            case UInt8(ascii: "z") where group.isEmpty: output += [0, 0, 0, 0]
            case 0x21...0x75:
                group.append(byte - 0x21)
                if group.count == 5 {
                    try append(group, to: &output)
                    group.removeAll(keepingCapacity: true)
                }
            default: throw CodecError.damaged("base-85 digit")
            }
        }
        try append(group, to: &output)
        return output
    }

    private static func append(_ group: [UInt8], to output: inout [UInt8]) throws {
        guard !group.isEmpty else { return }
        guard group.count > 1 else { throw CodecError.damaged("base-85 group") }
        var value = 0
        for index in 0..<5 { value = value * 85 + Int(index < group.count ? group[index] : 84) }
        guard value <= 0xFFFF_FFFF else { throw CodecError.damaged("base-85 group") }
        for index in 0..<(group.count - 1) { output.append(UInt8(truncatingIfNeeded: value >> (24 - 8 * index))) }
    }

    static func runLength(_ bytes: [UInt8], limit: Int) throws -> [UInt8] {
        var output: [UInt8] = []
        var at = 0
        while at < bytes.count, bytes[at] != 128 {
            let length = Int(bytes[at])
            at += 1
            let taken = length < 128 ? length + 1 : 1
            guard at + taken <= bytes.count else { throw CodecError.damaged("run length") }
            if length < 128 {
                output += bytes[at..<(at + taken)]
            } else {
                output += repeatElement(bytes[at], count: 257 - length)
            }
            at += taken
            guard output.count <= limit else {
                throw CompressionError.limitExceeded(limit: "decoded bytes of one stream", value: "more than \(limit)")
            }
        }
        return output
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0 || byte == 12 || byte == 32 || (9...13).contains(byte)
    }
}
