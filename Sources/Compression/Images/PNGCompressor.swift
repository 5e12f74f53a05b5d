import CCodecs

/// Makes a PNG file smaller without changing a pixel, whatever the preset.
struct PNGCompressor {
    private let limits: CompressionLimits
    private let coder = RowCoder(deflater: Deflater())

    /// Colour and size information that viewers use. Texts, times, histograms and significant bits are dropped.
    private static let kept: Set<String> = ["gAMA", "cHRM", "sRGB", "iCCP", "cICP", "mDCv", "cLLi", "pHYs", "eXIf"]

    init(_ limits: CompressionLimits) { self.limits = limits }

    func compress(_ input: [UInt8]) throws -> CompressionResult {
        do {
            return try recode(input)
        } catch CodecError.damaged(let why) {
            throw CompressionError.unreadable(why: why)
        } catch CodecError.unsupported(let why) {
            throw CompressionError.unsupported(why: why)
        } catch is CodecError {
            throw CompressionError.limitExceeded(limit: "memory", value: "exhausted")
        }
    }

    private func recode(_ input: [UInt8]) throws -> CompressionResult {
        var facts = ccodecs_png_info()
        var message = CodecResult.emptyMessage()
        try CodecResult.check(ccodecs_png_inspect(input, input.count, &facts, &message), message)
        let budget = WorkBudget(limits)
        try budget.spend(width: Int(facts.width), height: Int(facts.height))
        let size = facts.row_bytes * Int(facts.height)
        try budget.require(size <= limits.pictureBytes, "decoded bytes of the image", size)
        let file = try PNGFile(input)
        // An animation is more than its first frame.
        guard file.first("acTL") == nil else { return .untouched(.noGain, pages: nil) }
        guard let mode = PNGPixels.Mode(rawValue: UInt8(facts.colour_type)) else {
            throw CodecError.unsupported("colour type \(facts.colour_type)")
        }
        let bytes = try CodecResult.fill(size) { out, message in
            ccodecs_png_decode(input, input.count, out, size, &message)
        }
        let pixels = PNGPixels(
            width: Int(facts.width), height: Int(facts.height), bits: Int(facts.bits), mode: mode, bytes: bytes)
        let output = try smallest(pixels, file)
        return .compressed(
            output,
            CompressionReport(
                outcome: .compressed, inputBytes: input.count, outputBytes: output.count, imagesExamined: 1,
                imagesReplaced: 1,
                transforms: [TransformTally(name: "png_recode", count: 1, before: input.count, after: output.count)]))
    }

    private func smallest(_ pixels: PNGPixels, _ file: PNGFile) throws -> [UInt8] {
        // A colour key or a table refers to samples of the present mode.
        guard file.first("tRNS") == nil, pixels.mode != .palette else {
            return try write(pixels, file, keepsMode: true)
        }
        var reduced = try pixels.narrowed().withoutOpaqueAlpha()
        // A colour profile describes either RGB or grey and would not fit the other.
        if file.first("iCCP") == nil { reduced = try reduced.withoutColour() }
        var outputs = [try write(reduced, file, keepsMode: false)]
        if let indexed = try reduced.indexed(), pixels.mode != .greyAlpha || file.first("iCCP") == nil {
            outputs.append(try write(indexed, file, keepsMode: false))
        }
        if let packed = try reduced.packedGrey() { outputs.append(try write(packed, file, keepsMode: false)) }
        return outputs.min { $0.count < $1.count } ?? []
    }

    private func write(_ pixels: PNGPixels, _ file: PNGFile, keepsMode: Bool) throws -> [UInt8] {
        let header =
            PNGFile.word(pixels.width) + PNGFile.word(pixels.height) + [
                UInt8(pixels.bits), pixels.mode.rawValue, 0, 0, 0,
            ]
        var chunks = [PNGFile.Chunk(type: "IHDR", body: header)]
        let kept = file.chunks.filter { Self.kept.contains($0.type) }
        chunks += kept.filter { $0.type != "pHYs" && $0.type != "eXIf" }
        if let table = pixels.table {
            chunks += PNGPalette.chunks(table)
        } else if keepsMode {
            chunks += file.chunks.filter { $0.type == "PLTE" || $0.type == "tRNS" }
        }
        chunks += kept.filter { $0.type == "pHYs" || $0.type == "eXIf" }
        chunks.append(PNGFile.Chunk(type: "IDAT", body: try coder.filtered(pixels.rows)))
        chunks.append(PNGFile.Chunk(type: "IEND", body: []))
        return PNGFile.write(chunks)
    }
}

/// Writes a colour table as `PLTE` and, where something is transparent, `tRNS`.
enum PNGPalette {
    static func chunks(_ palette: Palette) -> [PNGFile.Chunk] {
        let channels = palette.table.count / palette.colours
        var colours: [UInt8] = []
        var alphas: [UInt8] = []
        for start in stride(from: 0, to: palette.table.count, by: channels) {
            let entry = Array(palette.table[start..<(start + channels)])
            colours += channels < 3 ? [entry[0], entry[0], entry[0]] : Array(entry[..<3])
            alphas.append(channels == 4 ? entry[3] : channels == 2 ? entry[1] : 255)
        }
        while alphas.last == 255 { alphas.removeLast() }
        let table = PNGFile.Chunk(type: "PLTE", body: colours)
        return alphas.isEmpty ? [table] : [table, PNGFile.Chunk(type: "tRNS", body: alphas)]
    }
}
