import CCodecs

/// libdeflate with its tables kept from one stream to the next.
final class Deflater {
    /// Time that is worth spending on a stream.
    enum Effort: Int32 {
        /// For comparing candidates only.
        case probe = 3
        case thorough = 9
        case utmost = 12
    }

    private var compressors: [Effort: UnsafeMutableRawPointer] = [:]

    deinit { compressors.values.forEach(ccodecs_deflater_free) }

    /// zlib format.
    func deflate(_ bytes: [UInt8], _ effort: Effort) throws -> [UInt8] {
        guard let compressor = compressors[effort] ?? ccodecs_deflater_new(effort.rawValue) else {
            throw CodecError.noMemory
        }
        compressors[effort] = compressor
        let bound = ccodecs_deflate_bound(compressor, bytes.count)
        let packed = [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            // Sound: the bound of a zlib stream is never zero, so the buffer has a base address.
            count = ccodecs_deflate(compressor, bytes, bytes.count, buffer.baseAddress!, bound)
        }
        guard !packed.isEmpty else { throw CodecError.noMemory }
        return packed
    }
}
