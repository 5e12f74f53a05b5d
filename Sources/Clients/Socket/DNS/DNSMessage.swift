/// The kinds of records that can be asked for (RFC 1035, 2782, 3596, 8659).
package enum DNSType: String, Codable, Sendable, CaseIterable {
    case a = "A"
    case ns = "NS"
    case cname = "CNAME"
    case ptr = "PTR"
    case mx = "MX"
    case txt = "TXT"
    case aaaa = "AAAA"
    case srv = "SRV"
    case caa = "CAA"

    package var code: UInt16 {
        switch self {
        case .a: 1
        case .ns: 2
        case .cname: 5
        case .ptr: 12
        case .mx: 15
        case .txt: 16
        case .aaaa: 28
        case .srv: 33
        case .caa: 257
        }
    }

    init?(code: UInt16) {
        guard let type = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = type
    }
}

/// One record of an answer, its value as zone files write it, without final dots.
package struct DNSRecord: Codable, Sendable, Equatable {
    package var name: String
    package var type: DNSType
    /// Seconds.
    package var ttl: UInt32
    package var value: String

    package init(name: String, type: DNSType, ttl: UInt32, value: String) {
        (self.name, self.type, self.ttl, self.value) = (name, type, ttl, value)
    }
}

/// What a server answered to one question.
package struct DNSReply: Sendable, Equatable {
    package var id: UInt16
    package var question: DNSQuestion
    package var rcode: DNSReplyCode
    package var isTruncated: Bool
    /// The answer section; records of types that are not known are left out.
    package var records: [DNSRecord]
}

package struct DNSQuestion: Sendable, Equatable {
    /// Lower case, without a final dot.
    package let name: String
    package let type: DNSType

    package init(name: String, type: DNSType) {
        self.name = (name.hasSuffix(".") ? String(name.dropLast()) : name).lowercased()
        self.type = type
    }

    /// A query with recursion desired. - Throws: `DNSError.name` for one that does not fit into a message.
    package func query(id: UInt16) throws(DNSError) -> [UInt8] {
        var bytes: [UInt8] = [UInt8(id >> 8), UInt8(id & 255), 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0]
        for label in name.split(separator: ".", omittingEmptySubsequences: false) where !name.isEmpty {
            guard (1...63).contains(label.utf8.count) else { throw .name(name) }
            bytes.append(UInt8(label.utf8.count))
            bytes += label.utf8
        }
        guard bytes.count <= 12 + 254 else { throw .name(name) }
        return bytes + [0, UInt8(type.code >> 8), UInt8(type.code & 255), 0, 1]
    }
}

/// RCODE of an answer (RFC 1035, section 4.1.1).
package struct DNSReplyCode: Codable, Sendable, Equatable {
    package let code: Int
    package init(code: Int) { self.code = code }

    private static let names = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"]
    package static let expectable = names
    package var name: String { Self.names.indices.contains(code) ? Self.names[code] : "RCODE\(code)" }
}
