/// JPEG coding with a look at the result: what does not resemble the original is not used.
struct LossyCoder {
    let tuning: PresetTuning

    struct Coded {
        let bytes: [UInt8]
        let quality: Int
    }

    /// First with halved chroma, then finer with full chroma; `nil` when neither is faithful enough.
    func code(_ raster: Raster, isSoftMask: Bool) throws -> Coded? {
        let quality = isSoftMask ? tuning.maskQuality : tuning.quality
        let floor = isSoftMask ? max(tuning.likeness, 0.97) : tuning.likeness
        for (quality, halvesChroma) in [(quality, true), (min(quality + 13, 92), false)] {
            let bytes = try JPEGCodec.encode(raster, quality: quality, halvesChroma: halvesChroma)
            let again = try JPEGCodec.decode(bytes, JPEGCodec.inspect(bytes))
            if try raster.likeness(to: again).reaches(floor) { return Coded(bytes: bytes, quality: quality) }
        }
        return nil
    }
}
