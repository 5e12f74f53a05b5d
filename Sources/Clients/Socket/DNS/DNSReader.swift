import Glibc

/// Reads a DNS message (RFC 1035, section 4); every offset is checked, and compression cannot loop.
struct DNSReader {
    private let bytes: [UInt8]
    private var offset = 0

    static func reply(_ bytes: [UInt8]) throws(DNSError) -> DNSReply {
        var reader = DNSReader(bytes: bytes)
        return try reader.reply()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func reply() throws(DNSError) -> DNSReply {
        let (id, flags) = (try short(), try short())
        let (questions, answers) = (try short(), try short())
        _ = try take(4)
        guard flags & 0x8000 != 0 else { throw .malformed("it is a question") }
        guard questions == 1 else { throw .malformed("it repeats \(questions) questions") }
        let name = try self.name()
        let code = try short()
        _ = try short()
        guard let type = DNSType(code: code) else { throw .malformed("it is about records of type \(code)") }
        var reply = DNSReply(
            id: id, question: DNSQuestion(name: name, type: type), rcode: DNSReplyCode(code: Int(flags & 15)),
            isTruncated: flags & 0x0200 != 0, records: [])
        if reply.isTruncated { return reply }
        for _ in 0..<answers {
            if let record = try record() { reply.records.append(record) }
        }
        return reply
    }

    private mutating func record() throws(DNSError) -> DNSRecord? {
        let name = try self.name()
        let (type, _) = (try short(), try short())
        let ttl = UInt32(try short()) << 16 | UInt32(try short())
        let end = Int(try short()) + offset
        guard end <= bytes.count else { throw .malformed("a record is longer than the message") }
        defer { offset = end }
        guard let type = DNSType(code: type) else { return nil }
        let value = try value(of: type, end: end)
        guard offset == end else { throw .malformed("a \(type.rawValue) record has a wrong length") }
        return DNSRecord(name: name, type: type, ttl: ttl, value: value)
    }

    private mutating func value(of type: DNSType, end: Int) throws(DNSError) -> String {
        switch type {
        case .a: return try address(AF_INET, try take(4))
        case .aaaa: return try address(AF_INET6, try take(16))
        case .ns, .cname, .ptr: return try name()
        case .mx: return "\(try short()) \(try name())"
        case .srv: return "\(try short()) \(try short()) \(try short()) \(try name())"
        case .txt:
            var text: [UInt8] = []
            while offset < end { text += try take(Int(try take(1)[0])) }
            return String(decoding: text, as: UTF8.self)
        case .caa:
            let (flags, length) = (try take(1)[0], Int(try take(1)[0]))
            let tag = String(decoding: try take(length), as: UTF8.self)
            guard offset <= end else { throw .malformed("a CAA record has a wrong length") }
            return "\(flags) \(tag) \(String(decoding: try take(end - offset), as: UTF8.self))"
        }
    }

    private func address(_ family: Int32, _ bytes: [UInt8]) throws(DNSError) -> String {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(family, bytes, &buffer, socklen_t(buffer.count)) != nil else { throw .malformed("an address") }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// A name, in lower case; a pointer must lead backwards from the place it was reached by, so that it cannot loop.
    private mutating func name() throws(DNSError) -> String {
        var labels: [String] = []
        var (position, limit, length) = (offset, offset, 0)
        var afterPointer: Int?
        while true {
            guard position < bytes.count else { throw .malformed("a name runs past the end") }
            let size = Int(bytes[position])
            if size & 0xC0 == 0xC0 {
                guard position + 1 < bytes.count else { throw .malformed("a pointer runs past the end") }
                let target = (size & 0x3F) << 8 | Int(bytes[position + 1])
                guard target < limit else { throw .malformed("a name points to itself or ahead") }
                if afterPointer == nil { afterPointer = position + 2 }
                (position, limit) = (target, target)
                continue
            }
            guard size & 0xC0 == 0 else { throw .malformed("a label of an unknown kind") }
            guard size > 0 else { break }
            length += size + 1
            guard length <= 254, position + size < bytes.count else { throw .malformed("a name is too long") }
            labels.append(String(decoding: bytes[(position + 1)...(position + size)], as: UTF8.self).lowercased())
            position += size + 1
        }
        offset = afterPointer ?? position + 1
        return labels.joined(separator: ".")
    }

    private mutating func short() throws(DNSError) -> UInt16 {
        let pair = try take(2)
        return UInt16(pair[0]) << 8 | UInt16(pair[1])
    }

    private mutating func take(_ count: Int) throws(DNSError) -> [UInt8] {
        guard count >= 0, offset + count <= bytes.count else { throw .malformed("it ends too early") }
        defer { offset += count }
        return Array(bytes[offset..<offset + count])
    }
}
