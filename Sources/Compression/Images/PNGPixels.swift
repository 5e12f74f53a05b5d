import CCodecs

/// The pixels of a PNG in one of its modes. Each reduction keeps every colour exactly.
struct PNGPixels {
    enum Mode: UInt8 {
        case grey = 0
        case rgb = 2
        case palette = 3
        case greyAlpha = 4
        case rgba = 6

        var channels: Int {
            switch self {
            case .grey, .palette: 1
            case .greyAlpha: 2
            case .rgb: 3
            case .rgba: 4
            }
        }
    }

    let width: Int
    let height: Int
    let bits: Int
    let mode: Mode
    let bytes: [UInt8]
    /// Colours and their alpha, for `.palette` made here.
    var table: Palette?

    var count: Int { width * height }
    var rows: SampleRows { SampleRows(width: width, height: height, channels: mode.channels, bits: bits, bytes: bytes) }

    /// 16 bits whose low bytes repeat the high ones become 8.
    func narrowed() throws -> PNGPixels {
        let samples = count * mode.channels
        guard bits == 16, ccodecs_is_widened(bytes, samples) != 0 else { return self }
        return try with(bits: 8, mode, picking: 1, of: 2, units: samples)
    }

    /// Alpha that is opaque everywhere goes.
    func withoutOpaqueAlpha() throws -> PNGPixels {
        guard bits == 8, mode == .rgba || mode == .greyAlpha,
            ccodecs_is_opaque(bytes, count, Int32(mode.channels)) != 0
        else { return self }
        let kept = mode.channels - 1
        return try with(bits: 8, mode == .rgba ? .rgb : .grey, picking: kept, of: mode.channels, units: count)
    }

    /// Colours that are all grey need one channel.
    func withoutColour() throws -> PNGPixels {
        guard bits == 8, mode == .rgb || mode == .rgba, ccodecs_is_grey(bytes, count, Int32(mode.channels)) != 0 else {
            return self
        }
        if mode == .rgb { return try with(bits: 8, .grey, picking: 1, of: 3, units: count) }
        let picked = try CodecResult.fill(count * 2) { out, _ in
            ccodecs_pick_channels(bytes, count, 4, 0, 3, 2, out)
            return CCODECS_OK
        }
        return PNGPixels(width: width, height: height, bits: 8, mode: .greyAlpha, bytes: picked)
    }

    /// At most 256 colours as a table; `nil` when there are more.
    func indexed() throws -> PNGPixels? {
        guard bits == 8, mode != .palette, mode != .grey else { return nil }
        guard let palette = try Palette(bytes, count: count, channels: mode.channels) else { return nil }
        return PNGPixels(
            width: width, height: height, bits: palette.bits, mode: .palette,
            bytes: palette.packed(width: width, height: height), table: palette)
    }

    /// Grey levels that fit into fewer bits.
    func packedGrey() throws -> PNGPixels? {
        guard bits == 8, mode == .grey, let palette = try Palette(bytes, count: count, channels: 1) else { return nil }
        for bits in [1, 2, 4] {
            let step = 255 / ((1 << bits) - 1)
            guard palette.table.allSatisfy({ Int($0) % step == 0 }) else { continue }
            let levels = bytes.map { UInt8(Int($0) / step) }
            return PNGPixels(
                width: width, height: height, bits: bits, mode: .grey,
                bytes: PackedRows.pack(levels, width: width, height: height, bits: bits))
        }
        return nil
    }

    private func with(bits: Int, _ mode: Mode, picking kept: Int, of channels: Int, units: Int) throws -> PNGPixels {
        let picked = try CodecResult.fill(units * kept) { out, _ in
            ccodecs_pick_channels(bytes, units, Int32(channels), 0, 1, Int32(kept), out)
            return CCODECS_OK
        }
        return PNGPixels(width: width, height: height, bits: bits, mode: mode, bytes: picked)
    }
}
