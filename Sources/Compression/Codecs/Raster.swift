import CCodecs

/// Eight bits a channel, rows without gaps, top row first.
struct Raster {
    let width: Int
    let height: Int
    let channels: Int
    let pixels: [UInt8]

    var rowBytes: Int { width * channels }

    func resampled(width newWidth: Int, height newHeight: Int) throws -> Raster {
        let reduced = try CodecResult.fill(newWidth * newHeight * channels) { out, _ in
            ccodecs_resample(
                pixels, Int32(width), Int32(height), Int32(channels), out, Int32(newWidth), Int32(newHeight))
        }
        return Raster(width: newWidth, height: newHeight, channels: channels, pixels: reduced)
    }
}
