import CCodecs

/// One entry of a stream's filter chain.
struct StreamFilter {
    let name: String
    let parameters: PDFObject?

    /// Filters whose result is a picture, and encryption; everything after them stays coded.
    var isOpaque: Bool {
        !["/FlateDecode", "/LZWDecode", "/ASCII85Decode", "/ASCIIHexDecode", "/RunLengthDecode"].contains(name)
    }
}

/// Undoes general filters under limits of our own: qpdf's would fill the memory first.
struct StreamDecoder {
    struct Decoded {
        let bytes: [UInt8]
        /// Filters that were left because they code pictures.
        let remaining: [StreamFilter]
    }

    let budget: WorkBudget

    /// The stream's filters in order of decoding. Throws when the entry is malformed or the data are in another file.
    func filters(of stream: PDFObject) throws -> [StreamFilter] {
        guard stream["/F"] == nil, stream["/FFilter"] == nil else { throw CodecError.unsupported("external data") }
        guard let entry = stream["/Filter"] else { return [] }
        let entries = entry.isArray ? entry.items : [entry]
        try budget.require(entries.count <= budget.limits.filterChain, "filters in a chain", entries.count)
        let parameters = stream["/DecodeParms"].map { $0.isArray ? $0.items : [$0] } ?? []
        return try entries.enumerated().map { index, entry in
            guard let name = entry.name else { throw CodecError.damaged("filter without a name") }
            let parameter = index < parameters.count && !parameters[index].isNull ? parameters[index] : nil
            return StreamFilter(name: Self.fullNames[name] ?? name, parameters: parameter)
        }
    }

    /// Decodes until the end or until a picture filter. With `wanted`, stops after that many decoded bytes
    /// unless a picture filter remains.
    func decode(_ stored: [UInt8], _ filters: [StreamFilter], wanted: Int? = nil) throws -> Decoded {
        let plain = Array(filters.prefix { !$0.isOpaque })
        let remaining = Array(filters.dropFirst(plain.count))
        var bytes = stored
        for (index, filter) in plain.enumerated() {
            let isLast = index + 1 == plain.count && remaining.isEmpty
            bytes = try apply(filter, to: bytes, wanted: isLast ? wanted : nil)
            try budget.spend(bytes: bytes.count)
        }
        return Decoded(bytes: bytes, remaining: remaining)
    }

    /// Stored bytes decoded completely; throws for picture filters.
    func decodeAll(_ stream: PDFObject) throws -> [UInt8] {
        let decoded = try decode(stream.storedBytes(), filters(of: stream))
        guard decoded.remaining.isEmpty else { throw CodecError.unsupported("picture filter") }
        return decoded.bytes
    }

    private func apply(_ filter: StreamFilter, to bytes: [UInt8], wanted: Int?) throws -> [UInt8] {
        switch filter.name {
        case "/FlateDecode", "/LZWDecode":
            let predictor = try Predictor(filter.parameters)
            let needed = wanted.map { predictor?.codedCount(for: $0) ?? $0 }
            let decoded = try unpack(filter, bytes, needed)
            return try predictor?.undo(decoded) ?? decoded
        case "/ASCII85Decode": return try TextFilters.ascii85(bytes)
        case "/ASCIIHexDecode": return try TextFilters.asciiHex(bytes)
        default: return try TextFilters.runLength(bytes, limit: budget.limits.streamBytes)
        }
    }

    private func unpack(_ filter: StreamFilter, _ bytes: [UInt8], _ needed: Int?) throws -> [UInt8] {
        let limit = min(needed ?? .max, budget.limits.streamBytes)
        let acceptsMore: Int32 = needed == limit ? 1 : 0
        do {
            return try CodecResult.collect { out, count, _ in
                guard filter.name == "/LZWDecode" else {
                    return ccodecs_inflate(bytes, bytes.count, limit, acceptsMore, out, count)
                }
                let early = Int32(clamping: filter.parameters?["/EarlyChange"]?.int ?? 1)
                return ccodecs_lzw(bytes, bytes.count, early, limit, acceptsMore, out, count)
            }
        } catch CodecError.limit {
            throw CompressionError.limitExceeded(limit: "decoded bytes of one stream", value: "more than \(limit)")
        }
    }

    private static let fullNames = [
        "/Fl": "/FlateDecode", "/LZW": "/LZWDecode", "/A85": "/ASCII85Decode", "/AHx": "/ASCIIHexDecode",
        "/RL": "/RunLengthDecode", "/DCT": "/DCTDecode", "/CCF": "/CCITTFaxDecode",
    ]
}
