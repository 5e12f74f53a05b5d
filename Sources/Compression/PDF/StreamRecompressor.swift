/// Codes every stream that is not an image again with libdeflate. Lossless.
struct StreamRecompressor {
    let decoder: StreamDecoder
    let deflater: Deflater
    let preset: CompressionPreset

    /// Stored bytes before and after, or `nil` when the stream stays.
    func improve(_ object: PDFObject) throws -> (before: Int, after: Int)? {
        let type = object["/Type"]?.name
        // Metadata stay readable for tools that do not decode; the other two are rebuilt by qpdf.
        guard type != "/Metadata", type != "/XRef", type != "/ObjStm", object["/Subtype"]?.name != "/Image" else {
            return nil
        }
        let filters = try decoder.filters(of: object)
        guard !filters.contains(where: \.isOpaque) else { return nil }
        let stored = try object.storedBytes()
        guard !stored.isEmpty else { return nil }
        let plain = try decoder.decode(stored, filters).bytes
        let packed = try deflater.deflate(plain, effort(for: plain.count))
        let overhead = filters.isEmpty ? 20 : 0
        guard packed.count + overhead < stored.count else { return nil }
        object.replaceStream(packed, filter: "/FlateDecode")
        return (stored.count, packed.count)
    }

    private func effort(for count: Int) -> Deflater.Effort {
        preset == .balanced && count > 8 << 20 ? .thorough : .utmost
    }
}
