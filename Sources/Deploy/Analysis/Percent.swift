import Foundation

/// `0.0123` is `1.23 %`; three digits are enough for a ratio of counts.
func percent(_ ratio: Double) -> String { "\(significant(ratio * 100)) %" }

/// A difference of ratios: `0.0123` is `1.23 pp`.
func percentagePoints(_ difference: Double) -> String { "\(significant(difference * 100)) pp" }

private func significant(_ number: Double) -> String { String(format: "%.3g", number) }
