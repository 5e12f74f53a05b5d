/// Opens a file and tells whether work on it can succeed, without changing anything. For use in a worker process.
package struct Inspector: Sendable {
    private let limits: CompressionLimits

    package init(limits: CompressionLimits = .init()) { self.limits = limits }

    /// - Returns: an `untouched` report; `passwordRequired` is its reason for a PDF that does not open without a password.
    /// - Throws: `CompressionError.unreadable` for a file that is damaged beyond use or cut short.
    package func inspect(path: String, kind: MediaKind) throws -> CompressionReport {
        let input = try ByteFile.read(path, limit: limits.inputBytes)
        guard let found = MediaKind.detect(prefix: input.prefix(1024)), found == kind else {
            throw CompressionError.unreadable(why: "not a \(kind.rawValue) file")
        }
        guard kind == .pdf else { return report(input, nil, pages: nil) }
        let document: PDFDocument
        do { document = try PDFDocument(input) } catch is PDFDocument.PasswordRequired {
            return report(input, .passwordRequired, pages: nil)
        }
        let pages = document.pageCount
        // qpdf rebuilds what is left of a file whose end is missing; the pages that are lost would be lost silently.
        if pages <= 0 || !hasEndMarker(input) {
            throw CompressionError.unreadable(
                why: pages <= 0 ? "it has no readable pages" : "its end marker is missing")
        }
        return report(input, nil, pages: pages)
    }

    /// Anywhere in the last part, as viewers take it: mail gateways and web servers append all sorts of things.
    private func hasEndMarker(_ input: [UInt8]) -> Bool {
        let marker = Array("%%EOF".utf8)
        let tail = input.suffix(2048)
        return tail.indices.contains { tail[$0...].starts(with: marker) }
    }

    private func report(_ input: [UInt8], _ reason: UntouchedReason?, pages: Int?) -> CompressionReport {
        CompressionReport(
            outcome: .untouched, reason: reason, inputBytes: input.count, outputBytes: input.count, pages: pages)
    }
}
