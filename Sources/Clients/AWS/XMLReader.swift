/// Reads the XML that AWS answers with into an `AWSDocument`: elements and text. Attributes, comments and namespaces are left out;
/// document types are refused, because entities could grow without end.
struct XMLReader {
    private let bytes: [UInt8]
    private var position = 0
    private static let depthLimit = 64

    /// - Throws: `AWSError.unreadable`.
    static func read(_ bytes: [UInt8], action: String) throws(AWSError) -> AWSDocument {
        var reader = XMLReader(bytes)
        do {
            try reader.skipMisc()
            return try reader.element(depth: 0)
        } catch {
            let beginning = String(decoding: bytes.prefix(80), as: UTF8.self)
            throw .unreadable(action: action, why: "\(error.why) at byte \(reader.position): \(beginning)")
        }
    }

    private struct Flaw: Error { let why: String }

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    private mutating func element(depth: Int) throws(Flaw) -> AWSDocument {
        guard depth < Self.depthLimit else { throw Flaw(why: "nested too deeply") }
        guard isNext("<") else { throw Flaw(why: "no element") }
        position += 1
        let tag = try upTo(">")
        let name = Self.localName(tag.prefix { !Self.isSpace($0) && $0 != UInt8(ascii: "/") })
        guard !name.isEmpty else { throw Flaw(why: "an element without a name") }
        if tag.last == UInt8(ascii: "/") { return AWSDocument(name) }
        var (text, children): ([UInt8], [AWSDocument]) = ([], [])
        while !isNext("</") {
            if isNext("<!--") {
                position += 4
                _ = try upTo("-->")
            } else if isNext("<![CDATA[") {
                position += 9
                text += try upTo("]]>")
            } else if isNext("<") {
                children.append(try element(depth: depth + 1))
            } else {
                text += try Self.unescaped(characters())
            }
        }
        position += 2
        guard Self.localName(try upTo(">").prefix { !Self.isSpace($0) }) == name else {
            throw Flaw(why: "`\(name)` is not closed")
        }
        return AWSDocument(
            name, text: children.isEmpty ? Self.trimmed(text) : "", children: children)
    }

    private mutating func skipMisc() throws(Flaw) {
        while position < bytes.count {
            if isNext("<?") {
                _ = try upTo("?>")
            } else if isNext("<!--") {
                _ = try upTo("-->")
            } else if isNext("<!") {
                throw Flaw(why: "a document type")
            } else if isNext("<") {
                return
            } else if Self.isSpace(bytes[position]) || bytes[position] >= 0xEF {
                position += 1
            } else {
                // The two other bytes of a byte order mark.
                guard [0xBB, 0xBF].contains(bytes[position]) else { throw Flaw(why: "no XML") }
                position += 1
            }
        }
        throw Flaw(why: "nothing")
    }

    private func isNext(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard position + count <= bytes.count else { return false }
        return (0..<count).allSatisfy { bytes[position + $0] == text.utf8Start[$0] }
    }

    /// What stands before `end`, which is passed over.
    private mutating func upTo(_ end: StaticString) throws(Flaw) -> ArraySlice<UInt8> {
        let start = position
        while position < bytes.count {
            if isNext(end) {
                defer { position += end.utf8CodeUnitCount }
                return bytes[start..<position]
            }
            position += 1
        }
        throw Flaw(why: "it ends too early")
    }

    private mutating func characters() throws(Flaw) -> ArraySlice<UInt8> {
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "<") { position += 1 }
        guard position < bytes.count else { throw Flaw(why: "it ends too early") }
        return bytes[start..<position]
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

    private static func localName(_ name: ArraySlice<UInt8>) -> String {
        String(decoding: name.split(separator: UInt8(ascii: ":")).last ?? [], as: UTF8.self)
    }

    private static func trimmed(_ text: [UInt8]) -> String {
        let start = text.firstIndex { !isSpace($0) } ?? text.endIndex
        let end = text.lastIndex { !isSpace($0) } ?? text.startIndex
        return start <= end && start < text.endIndex ? String(decoding: text[start...end], as: UTF8.self) : ""
    }

    private static func unescaped(_ text: ArraySlice<UInt8>) throws(Flaw) -> [UInt8] {
        guard text.contains(UInt8(ascii: "&")) else { return Array(text) }
        var output: [UInt8] = []
        var rest = text
        while let start = rest.firstIndex(of: UInt8(ascii: "&")) {
            output += rest[..<start]
            guard let end = rest[start...].firstIndex(of: UInt8(ascii: ";")) else {
                throw Flaw(why: "an entity without an end")
            }
            output += try character(String(decoding: rest[rest.index(after: start)..<end], as: UTF8.self)).utf8
            rest = rest[rest.index(after: end)...]
        }
        return output + rest
    }

    private static func character(_ entity: String) throws(Flaw) -> String {
        let named = ["lt": "<", "gt": ">", "amp": "&", "quot": "\"", "apos": "'"]
        if let text = named[entity] { return text }
        let code = entity.hasPrefix("#x") ? UInt32(entity.dropFirst(2), radix: 16) : UInt32(entity.dropFirst())
        guard entity.hasPrefix("#"), let code, let scalar = Unicode.Scalar(code) else {
            throw Flaw(why: "the entity `\(entity.prefix(20))`")
        }
        return String(Character(scalar))
    }
}
