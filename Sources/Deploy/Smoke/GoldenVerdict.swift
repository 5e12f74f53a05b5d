import Foundation

/// When pairs of answers speak against the candidate by more than chance.
enum GoldenVerdict {
    /// Below it a difference is no chance: 7 pairs that all speak against the candidate give 0.8 %.
    static let significance = 0.01

    /// Pairs that must speak against the candidate, none for it, before it fails: 2^-n is to be at most the significance.
    static let fewestPairs = Int((-log2(significance)).rounded(.up))
}
