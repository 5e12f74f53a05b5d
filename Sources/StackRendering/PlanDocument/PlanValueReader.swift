import Foundation

/// Reads JSON (RFC 8259) strictly: no key twice, no bytes behind the end, no depth that would end the program.
struct PlanValueReader {
    struct Fault: Error, Equatable {
        let offset: Int
        let why: String
    }

    private let bytes: [UInt8]
    private var position = 0

    private init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    static func read(_ bytes: some Sequence<UInt8>) throws(Fault) -> PlanValue {
        var reader = PlanValueReader(bytes)
        let value = try reader.value(depth: 0)
        reader.skipBlanks()
        guard reader.position == reader.bytes.count else { throw reader.fault("more behind the end") }
        return value
    }

    private func fault(_ why: String) -> Fault { Fault(offset: position, why: why) }

    private mutating func skipBlanks() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(Fault) -> PlanValue {
        guard depth < 200 else { throw fault("nested too deeply") }
        skipBlanks()
        switch peek {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try list(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func word(_ text: String, _ value: PlanValue) throws(Fault) -> PlanValue {
        guard bytes[position...].starts(with: text.utf8) else { throw fault("not JSON") }
        position += text.utf8.count
        return value
    }

    private mutating func object(depth: Int) throws(Fault) -> PlanValue {
        position += 1
        var members: [String: PlanValue] = [:]
        guard !take(UInt8(ascii: "}")) else { return .object(members) }
        repeat {
            skipBlanks()
            guard peek == UInt8(ascii: "\"") else { throw fault("no key") }
            let key = try string()
            guard members[key] == nil else { throw fault("a key is there twice") }
            guard take(UInt8(ascii: ":")) else { throw fault("no colon behind a key") }
            members[key] = try value(depth: depth + 1)
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw fault("an object is not closed") }
        return .object(members)
    }

    private mutating func list(depth: Int) throws(Fault) -> PlanValue {
        position += 1
        var elements: [PlanValue] = []
        guard !take(UInt8(ascii: "]")) else { return .list(elements) }
        repeat { elements.append(try value(depth: depth + 1)) } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw fault("a list is not closed") }
        return .list(elements)
    }

    private mutating func number() throws(Fault) -> String {
        let start = position
        while let byte = peek, "+-.0123456789Ee".utf8.contains(byte) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard text.wholeMatch(of: #/-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/#) != nil else {
            throw fault("not JSON")
        }
        return text
    }

    private mutating func string() throws(Fault) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else { throw fault("not UTF-8") }
                return string
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw fault("a control character in a string")
            default: text.append(byte)
            }
        }
        throw fault("a string is not closed")
    }

    private mutating func escape(into text: inout [UInt8]) throws(Fault) {
        guard let byte = peek else { throw fault("a string is not closed") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text += String(try scalar()).utf8
        default: throw fault("an unknown escape")
        }
    }

    private mutating func scalar() throws(Fault) -> Unicode.Scalar {
        let first = try unit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, bytes[position...].starts(with: #"\u"#.utf8) else { throw fault("half a surrogate pair") }
        position += 2
        let second = try unit()
        let code = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) &- 0xDC00)
        guard (0xDC00...0xDFFF).contains(second), let scalar = Unicode.Scalar(code) else {
            throw fault("half a surrogate pair")
        }
        return scalar
    }

    private mutating func unit() throws(Fault) -> UInt16 {
        let end = position + 4
        guard end <= bytes.count, let text = String(validating: bytes[position..<end], as: UTF8.self),
            text.allSatisfy(\.isHexDigit), let value = UInt16(text, radix: 16)
        else { throw fault("not four hexadecimal digits") }
        position = end
        return value
    }
}
