/// Reads the tokens of a content stream. Strings and containers come as `.other`; inline images are skipped whole.
struct ContentLexer {
    enum Token {
        case number(Double)
        /// Without the slash, escapes resolved; `nil` when its bytes are no UTF-8, so that no lookup can find it.
        case name(String?)
        case keyword(Keyword)
        case other
    }

    /// Up to four characters packed into one number, first character highest; longer words are `.unknown`.
    typealias Keyword = UInt32

    private static let inlineData = keyword("ID")

    private(set) var isSuspicious = false
    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    static func keyword(_ text: StaticString) -> Keyword {
        text.withUTF8Buffer { $0.reduce(0) { $0 << 8 | Keyword($1) } }
    }

    mutating func next() -> Token? {
        skipSpace()
        guard at < bytes.count else { return nil }
        switch bytes[at] {
        case 0x28: skipString()
        case 0x2F: return readName()
        case 0x3C: skipAngle()
        case 0x30...0x39, 0x2B, 0x2D, 0x2E: return readNumber()
        case 0x3E, 0x5B, 0x5D, 0x7B, 0x7D: at += 1
        case 0x29:
            isSuspicious = true
            at += 1
        default: return readKeyword()
        }
        return .other
    }

    private mutating func skipSpace() {
        while at < bytes.count {
            if bytes[at] == 0x25 {
                while at < bytes.count, bytes[at] != 10, bytes[at] != 13 { at += 1 }
            } else if Self.isSpace(bytes[at]) {
                at += 1
            } else {
                return
            }
        }
    }

    private mutating func skipString() {
        var depth = 0
        while at < bytes.count {
            switch bytes[at] {
            case 0x5C: at += 1
            case 0x28: depth += 1
            case 0x29: depth -= 1
            default: break
            }
            at += 1
            if depth == 0 { return }
        }
        isSuspicious = true
    }

    private mutating func skipAngle() {
        if at + 1 < bytes.count, bytes[at + 1] == 0x3C {
            at += 2
            return
        }
        guard let end = bytes[at...].firstIndex(of: 0x3E) else {
            isSuspicious = true
            at = bytes.count
            return
        }
        at = end + 1
    }

    private mutating func readName() -> Token {
        at += 1
        var name: [UInt8] = []
        while at < bytes.count, !Self.isSpace(bytes[at]), !Self.isDelimiter(bytes[at]) {
            if bytes[at] == 0x23, at + 2 < bytes.count, let high = Self.hex(bytes[at + 1]),
                let low = Self.hex(bytes[at + 2])
            {
                name.append(high << 4 | low)
                at += 3
            } else {
                name.append(bytes[at])
                at += 1
            }
        }
        return .name(String(validating: name, as: UTF8.self))
    }

    private mutating func readNumber() -> Token {
        var whole = 0.0
        var scale = 0.0
        var isNegative = false
        while at < bytes.count, !Self.isSpace(bytes[at]), !Self.isDelimiter(bytes[at]) {
            switch bytes[at] {
            case 0x2D: isNegative = true
            case 0x2B: break
            case 0x2E: scale = scale == 0 ? 1 : scale
            case 0x30...0x39:
                whole = whole * 10 + Double(bytes[at] - 0x30)
                scale *= 10
            default:
                isSuspicious = true
            }
            at += 1
        }
        let value = scale > 1 ? whole / scale : whole
        return .number(isNegative ? -value : value)
    }

    private mutating func readKeyword() -> Token {
        var word: Keyword = 0
        let start = at
        while at < bytes.count, !Self.isSpace(bytes[at]), !Self.isDelimiter(bytes[at]) {
            word = word << 8 | Keyword(bytes[at])
            at += 1
        }
        if at - start > 5 { word = 0 }
        if word == Self.inlineData {
            let end = InlineImage.end(in: bytes, dataFrom: at)
            if end == nil { isSuspicious = true }
            at = end ?? bytes.count
        }
        return .keyword(word)
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 0 || (9...13).contains(byte) && byte != 11 }

    static func isDelimiter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x28, 0x29, 0x3C, 0x3E, 0x5B, 0x5D, 0x7B, 0x7D, 0x2F, 0x25: true
        default: false
        }
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        Character(UnicodeScalar(byte)).hexDigitValue.map(UInt8.init)
    }
}
