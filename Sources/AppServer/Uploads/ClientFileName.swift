import Compression
import Foundation

/// The client's name for a file: kept as text to show and to offer again, never used as a path.
enum ClientFileName {
    private static let limit = 255

    /// Drops folders, control characters and text direction tricks; nil when nothing is left.
    static func sanitised(_ name: String?) -> String? {
        guard let name else { return nil }
        // By scalars: a slash with a combining mark is one character that is not equal to a slash.
        let last = name.unicodeScalars.split { $0 == "/" || $0 == "\\" }.last ?? .init()
        let kept = String.UnicodeScalarView(last.filter(isHarmless))
        let trimmed = String(kept).trimmingCharacters(in: .whitespaces.union(["."]))
        return trimmed.isEmpty ? nil : shortened(trimmed)
    }

    /// The name under which the result is offered: `scan.pdf` becomes `scan-compressed.pdf`.
    static func forDownload(_ name: String?, kind: MediaKind) -> String {
        var stem = name ?? "file"
        if let dot = stem.lastIndex(of: "."), dot != stem.startIndex { stem = String(stem[..<dot]) }
        return "\(stem)-compressed.\(kind.fileExtension)"
    }

    /// An `attachment` Content-Disposition with an ASCII name and the true one (RFC 6266, RFC 8187).
    static func disposition(_ name: String) -> String {
        let name = String(
            String.UnicodeScalarView(name.unicodeScalars.map { $0 == "/" || $0 == "\\" ? "_" : $0 }))
        let plain = String(
            name.unicodeScalars.map { $0.isASCII && $0 != "\"" && $0 != "%" ? Character($0) : "_" })
        let unreserved = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        let encoded = name.addingPercentEncoding(withAllowedCharacters: unreserved) ?? plain
        return "attachment; filename=\"\(plain)\"; filename*=UTF-8''\(encoded)"
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .lineSeparator, .paragraphSeparator, .unassigned: false
        default: true
        }
    }

    /// At most 255 bytes of UTF-8, the extension kept.
    private static func shortened(_ name: String) -> String {
        guard name.utf8.count > limit else { return name }
        let dot = name.lastIndex(of: ".")
        let suffix = dot.map { String(name[$0...]) } ?? ""
        let kept = suffix.utf8.count <= 16 ? suffix : ""
        var stem = kept.isEmpty ? name : String(name.dropLast(kept.count))
        while stem.utf8.count + kept.utf8.count > limit { stem.removeLast() }
        return stem + kept
    }
}
