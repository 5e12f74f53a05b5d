/// Finds the lowest JPEG quality whose result still resembles the picture.
struct QualitySearch {
    /// Mean luma SSIM to reach.
    let target: Double
    /// Quality of the source: as fine a coding again would only add a generation.
    let ceiling: Int

    /// `nil` when even the finest quality of the range is too coarse, or the source is too coarse already.
    func search(_ raster: Raster) throws -> [UInt8]? {
        let qualities = [40, 46, 52, 58, 64, 70, 76, 82, 88].filter { $0 + 3 <= ceiling }
        var low = 0
        var high = qualities.count - 1
        var best: [UInt8]?
        while low <= high {
            let middle = (low + high) / 2
            let bytes = try JPEGCodec.encode(raster, quality: qualities[middle], halvesChroma: true)
            if try isFaithful(bytes, raster) {
                best = bytes
                high = middle - 1
            } else {
                low = middle + 1
            }
        }
        if best != nil || ceiling < 93 { return best }
        let finest = try JPEGCodec.encode(raster, quality: 90, halvesChroma: false)
        return try isFaithful(finest, raster) ? finest : nil
    }

    private func isFaithful(_ bytes: [UInt8], _ raster: Raster) throws -> Bool {
        try raster.likeness(to: JPEGCodec.decode(bytes, JPEGCodec.inspect(bytes))).reaches(target)
    }
}
