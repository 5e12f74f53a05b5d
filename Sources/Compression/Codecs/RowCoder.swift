import CCodecs

/// Samples as rows, the shape that PNG files and Flate images share.
struct SampleRows {
    let width: Int
    let height: Int
    let channels: Int
    let bits: Int
    let bytes: [UInt8]

    var rowBytes: Int { (width * channels * bits + 7) / 8 }
    var pixelBytes: Int { max(1, channels * bits / 8) }
}

/// Finds the row filter and the Flate coding that make rows smallest. Lossless.
struct RowCoder {
    struct Coding {
        let bytes: [UInt8]
        /// False when the rows carry no filter bytes (PDF only).
        let isFiltered: Bool
    }

    let deflater: Deflater

    /// For a PNG: rows always carry a filter byte.
    func filtered(_ rows: SampleRows) throws -> [UInt8] {
        let filters: [Int32] =
            rows.bits < 8 ? [0] : rows.channels * rows.bits == 8 ? [0, 5, 2, 4, 1, 3] : [5, 0, 4, 2, 1, 3]
        return try deflater.deflate(try smallest(rows, filters).rows, .utmost)
    }

    /// For a PDF: plain rows or filtered ones, whichever is smaller.
    func smallest(_ rows: SampleRows) throws -> Coding {
        let effort: Deflater.Effort = rows.bytes.count > 16 << 20 ? .thorough : .utmost
        let plainProbe = try deflater.deflate(rows.bytes, .probe).count
        guard rows.bits == 8 else { return Coding(bytes: try deflater.deflate(rows.bytes, effort), isFiltered: false) }
        let best = try smallest(rows, rows.bytes.count < 1_500_000 ? [5, 1, 2, 4] : [5])
        var codings: [Coding] = []
        if plainProbe * 100 < best.probe * 115 {
            codings.append(Coding(bytes: try deflater.deflate(rows.bytes, effort), isFiltered: false))
        }
        if best.probe * 100 < plainProbe * 115 {
            codings.append(Coding(bytes: try deflater.deflate(best.rows, effort), isFiltered: true))
        }
        guard let coding = codings.min(by: { $0.bytes.count < $1.bytes.count }) else {
            throw CodecError.unsupported("no row coding")
        }
        return coding
    }

    /// About what `smallest` would give, at a fraction of its time.
    func probe(_ rows: SampleRows) throws -> Int {
        let plain = try deflater.deflate(rows.bytes, .probe).count
        return rows.bits < 8 ? plain : min(plain, try smallest(rows, [5, 2]).probe)
    }

    private func smallest(_ rows: SampleRows, _ filters: [Int32]) throws -> (rows: [UInt8], probe: Int) {
        var best: (rows: [UInt8], probe: Int)?
        for filter in filters {
            let filtered = try CodecResult.fill((rows.rowBytes + 1) * rows.height) { out, _ in
                ccodecs_filter_rows(
                    rows.bytes, rows.rowBytes, Int32(rows.height), Int32(rows.pixelBytes), filter, out)
                return CCODECS_OK
            }
            let probe = try deflater.deflate(filtered, .probe).count
            if best.map({ probe < $0.probe }) ?? true { best = (filtered, probe) }
        }
        guard let best else { throw CodecError.unsupported("no row filter") }
        return best
    }
}
