import CCodecs

/// Distinct colours in order of appearance, and one index a pixel.
struct Palette {
    /// Whole entries of `channels` bytes.
    let table: [UInt8]
    let indices: [UInt8]
    let colours: Int

    /// `nil` when there are more than 256 colours.
    init?(_ pixels: [UInt8], count: Int, channels: Int) throws {
        var table = [UInt8](repeating: 0, count: 256 * channels)
        var colours: Int32 = -1
        indices = try CodecResult.fill(count) { out, _ in
            colours = ccodecs_index_colours(pixels, count, Int32(channels), &table, out)
            return CCODECS_OK
        }
        guard colours > 0 else { return nil }
        self.colours = Int(colours)
        self.table = Array(table.prefix(Int(colours) * channels))
    }

    /// Bits that an index needs.
    var bits: Int { colours > 16 ? 8 : colours > 4 ? 4 : colours > 2 ? 2 : 1 }

    func packed(width: Int, height: Int) -> [UInt8] {
        bits == 8 ? indices : PackedRows.pack(indices, width: width, height: height, bits: bits)
    }
}

/// Samples of less than a byte.
enum PackedRows {
    static func pack(_ values: [UInt8], width: Int, height: Int, bits: Int) -> [UInt8] {
        let count = (width * bits + 7) / 8 * height
        return [UInt8](unsafeUninitializedCapacity: max(count, 1)) { buffer, filled in
            // Sound: the capacity is at least one byte.
            ccodecs_pack_bits(values, Int32(width), Int32(height), Int32(bits), buffer.baseAddress!)
            filled = count
        }
    }

    static func unpack(_ rows: [UInt8], width: Int, height: Int, bits: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: max(width * height, 1)) { buffer, filled in
            // Sound: the capacity is at least one byte.
            ccodecs_unpack_bits(rows, Int32(width), Int32(height), Int32(bits), buffer.baseAddress!)
            filled = width * height
        }
    }
}
