/// How much may change for the sake of size.
package enum CompressionPreset: String, Codable, Sendable, CaseIterable {
    /// Every pixel and every operator stays what it was.
    case lossless
    /// Fit for screens and for office printing.
    case balanced
    /// Fit for screens.
    case small
}

/// The numbers behind a preset; research/compression.md section G has the measurements that chose them.
struct PresetTuning {
    /// Pixels per inch on the page that downsampled images get; `nil` keeps every pixel.
    let targetDPI: Double?
    /// Images are downsampled only when their resolution exceeds `targetDPI` times this.
    let excess: Double
    let isLossy: Bool
    let quality: Int
    let maskQuality: Int
    /// Gain that pays for one more lossy generation of a JPEG.
    let minimumGain: Double
    /// Mean luma SSIM below which a lossy result is rejected.
    let likeness: Double
    /// Mean luma SSIM that the quality search of single images aims at.
    let searchedLikeness: Double
    let longestSide: Int?

    static func forPreset(_ preset: CompressionPreset) -> PresetTuning {
        switch preset {
        case .lossless:
            PresetTuning(
                targetDPI: nil, excess: 1, isLossy: false, quality: 100, maskQuality: 100, minimumGain: 0,
                likeness: 1, searchedLikeness: 1, longestSide: nil)
        case .balanced:
            PresetTuning(
                targetDPI: 150, excess: 1.5, isLossy: true, quality: 72, maskQuality: 85, minimumGain: 0.10,
                likeness: 0.90, searchedLikeness: 0.97, longestSide: nil)
        case .small:
            PresetTuning(
                targetDPI: 110, excess: 1.3, isLossy: true, quality: 58, maskQuality: 75, minimumGain: 0.08,
                likeness: 0.85, searchedLikeness: 0.95, longestSide: 3840)
        }
    }
}
