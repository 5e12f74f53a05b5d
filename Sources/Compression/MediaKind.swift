/// What a file is, by its first bytes.
package enum MediaKind: String, Codable, Sendable, CaseIterable {
    case pdf, jpeg, png

    /// Reads the magic number; a PDF header may stand anywhere within the first 1024 bytes. `nil` for anything else.
    package static func detect(prefix bytes: some Collection<UInt8>) -> MediaKind? {
        let head = Array(bytes.prefix(1024))
        if head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
        if head.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
        let header = Array("%PDF-".utf8)
        let isPDF = head.indices.contains { head[$0...].starts(with: header) }
        return isPDF ? .pdf : nil
    }
}
