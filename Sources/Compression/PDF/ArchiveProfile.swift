/// What the document claims about PDF/A, and what that forbids us.
struct ArchiveProfile {
    /// 1, 2, 3 or 4; `nil` for ordinary documents.
    let part: Int?

    init(_ document: PDFDocument, _ decoder: StreamDecoder) {
        part = document.catalog["/Metadata"].flatMap { Self.part(in: $0, decoder) }
    }

    var writeOptions: PDFDocument.WriteOptions {
        PDFDocument.WriteOptions(usesObjectStreams: part != 1, endsStreamsWithNewline: part != nil)
    }

    /// `pdfaid:part="1"` or `<pdfaid:part>1<`.
    private static func part(in metadata: PDFObject, _ decoder: StreamDecoder) -> Int? {
        // Unreadable metadata cannot be relied on by a validator either.
        guard metadata.isStream, let bytes = try? decoder.decodeAll(metadata) else { return nil }
        let word = Array("pdfaid:part".utf8)
        guard let start = bytes.indices.first(where: { bytes[$0] == word[0] && bytes[$0...].starts(with: word) }) else {
            return nil
        }
        let digit = bytes[(start + word.count)...].prefix(16).first { (0x31...0x39).contains($0) }
        return digit.map { Int($0 - 0x30) }
    }
}
