import CCodecs

/// How much one raster resembles another.
struct Likeness {
    /// Mean luma SSIM.
    let mean: Double
    /// The lowest mean SSIM of any tile of 64 by 64 pixels.
    let worst: Double
    /// The largest mean error of one channel in any tile of 16 by 16 pixels, 0...255.
    let colour: Double

    /// The tile terms catch what a mean hides: a line of small text, a coloured stamp on a white page.
    func reaches(_ floor: Double) -> Bool { mean >= floor && worst >= floor - 0.25 && colour <= 20 }
}

extension Raster {
    func likeness(to other: Raster) throws -> Likeness {
        guard (width, height, channels) == (other.width, other.height, other.channels) else {
            throw CodecError.unsupported("rasters of different size")
        }
        var likeness = ccodecs_likeness()
        try CodecResult.check(
            ccodecs_compare(pixels, other.pixels, Int32(width), Int32(height), Int32(channels), &likeness))
        return Likeness(mean: likeness.mean, worst: likeness.worst, colour: likeness.colour)
    }
}
