import CCodecs

/// libjpeg-turbo behind values. Damage, even slight, is an error: a damaged picture is left alone, not re-encoded.
enum JPEGCodec {
    static func inspect(_ bytes: [UInt8]) throws -> ccodecs_jpeg_info {
        var facts = ccodecs_jpeg_info()
        var message = CodecResult.emptyMessage()
        try CodecResult.check(ccodecs_jpeg_inspect(bytes, bytes.count, &facts, &message), message)
        return facts
    }

    /// `reduction` 1, 2, 4 or 8 divides both sides while decoding, which saves time and memory.
    static func decode(_ bytes: [UInt8], _ facts: ccodecs_jpeg_info, reduction: Int = 1) throws -> Raster {
        let width = Int(ccodecs_jpeg_reduced(facts.width, Int32(reduction)))
        let height = Int(ccodecs_jpeg_reduced(facts.height, Int32(reduction)))
        let channels = Int(facts.components)
        let count = width * height * channels
        let pixels = try CodecResult.fill(count) { out, message in
            ccodecs_jpeg_decode(bytes, bytes.count, Int32(reduction), Int32(channels), out, count, &message)
        }
        return Raster(width: width, height: height, channels: channels, pixels: pixels)
    }

    static func encode(_ raster: Raster, quality: Int, halvesChroma: Bool) throws -> [UInt8] {
        try CodecResult.collect { bytes, count, message in
            ccodecs_jpeg_encode(
                raster.pixels, Int32(raster.width), Int32(raster.height), Int32(raster.channels), Int32(quality),
                halvesChroma ? 1 : 0, bytes, count, &message)
        }
    }

    /// The same coefficients in a progressive, optimised coding.
    static func transcode(_ bytes: [UInt8]) throws -> [UInt8] {
        try CodecResult.collect { out, count, message in
            ccodecs_jpeg_transcode(bytes, bytes.count, out, count, &message)
        }
    }

    /// The largest reduction that leaves at least one and a half times the wanted pixels for the resampler.
    static func reduction(from width: Int, to wanted: Int) -> Int {
        [8, 4, 2].first { width / $0 * 2 >= wanted * 3 } ?? 1
    }
}
