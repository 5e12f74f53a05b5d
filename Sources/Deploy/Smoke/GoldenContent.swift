import Foundation

/// What the bytes of a result are, told by the bytes themselves.
enum GoldenContent {
    /// What a result must be.
    enum Kind: String, Sendable { case pdf, image, any }

    /// Why these bytes are not what they should be; nil when they are.
    /// - Parameter type: the declared content type; nil where none was sent.
    static func fault(of bytes: [UInt8], type: String?, kind: Kind?) -> String? {
        let declared = (type ?? "").lowercased().prefix { $0 != ";" && $0 != " " }
        let found = magic(bytes)
        switch kind ?? (declared == "application/pdf" ? .pdf : declared.hasPrefix("image/") ? .image : .any) {
        case .pdf: return pdfFault(bytes)
        case .image:
            guard let found, found != "application/pdf" else { return "it begins like no image" }
            if declared.hasPrefix("image/"), declared != found { return "declared \(declared), but it is \(found)" }
            return imageFault(bytes, found)
        case .any: return bytes.isEmpty ? "it is empty" : nil
        }
    }

    /// The type that the first bytes tell of.
    private static func magic(_ bytes: [UInt8]) -> String? {
        if bytes.starts(with: Array("%PDF-".utf8)) { return "application/pdf" }
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return "image/png" }
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
        if bytes.starts(with: Array("GIF8".utf8)) { return "image/gif" }
        if bytes.count > 12, bytes.starts(with: Array("RIFF".utf8)), bytes[8..<12].elementsEqual("WEBP".utf8) {
            return "image/webp"
        }
        return nil
    }

    /// Whole files end as their format says; a body that was cut off does not.
    private static func imageFault(_ bytes: [UInt8], _ type: String) -> String? {
        let end: [UInt8]? =
            switch type {
            case "image/png": [0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82]
            case "image/jpeg": [0xFF, 0xD9]
            default: nil
            }
        guard let end, !bytes.suffix(end.count).elementsEqual(end) else { return nil }
        return "it does not end as \(type) does"
    }

    private static func pdfFault(_ bytes: [UInt8]) -> String? {
        guard bytes.starts(with: Array("%PDF-".utf8)) else { return "it does not begin with %PDF-" }
        let tail = Array(bytes.suffix(1024))
        // ISO 32000-1, 7.5.5: the offset of the cross-references, then the marker.
        guard tail.firstRange(of: Array("startxref".utf8)) != nil, tail.firstRange(of: Array("%%EOF".utf8)) != nil
        else {
            return "it does not end with startxref and %%EOF"
        }
        return nil
    }

    /// Pages of a PDF: of a linearised one as its first object says (ISO 32000-1, annex F), else its `/Type /Page` objects.
    /// - Returns: nil where they stand in compressed object streams, which opsctl does not open.
    static func pages(of bytes: [UInt8]) -> Int? {
        let start = String(decoding: bytes.prefix(2048), as: Unicode.ASCII.self)
        if start.contains("/Linearized"), let match = start.firstMatch(of: #/\/N\s+(\d+)/#) { return Int(match.1) }
        guard bytes.firstRange(of: Array("/ObjStm".utf8)) == nil else { return nil }
        var count = 0
        var rest = bytes[...]
        while let range = rest.firstRange(of: Array("/Type".utf8)) {
            rest = rest[range.upperBound...]
            let value = rest.drop { [0, 9, 10, 12, 13, 32].contains($0) }
            // `/Pages` is a node of the tree, `/PageLabels` something else.
            if value.starts(with: Array("/Page".utf8)), !value.dropFirst(5).first.isPartOfName { count += 1 }
        }
        return count == 0 ? nil : count
    }
}

extension UInt8? {
    /// Whether a PDF name goes on with this byte: neither white space nor a delimiter (ISO 32000-1, 7.2.2).
    fileprivate var isPartOfName: Bool {
        guard let byte = self else { return false }
        return byte > 32 && !"()<>[]{}/%".utf8.contains(byte)
    }
}
