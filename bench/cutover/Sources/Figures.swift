import Foundation
import OpsModel

/// Times of many switches, in milliseconds.
struct Figures: Sendable {
    private var values: [Double] = []

    mutating func add(_ time: Duration) { values.append(time / .milliseconds(1)) }
    mutating func add(milliseconds: Double) { values.append(milliseconds) }

    var count: Int { values.count }

    /// The nearest rank; nil without a value.
    func quantile(_ share: Double) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        return sorted[min(sorted.count - 1, max(0, Int((share * Double(sorted.count)).rounded(.up)) - 1))]
    }

    var median: Double { quantile(0.5) ?? .nan }
    var p99: Double { quantile(0.99) ?? .nan }
    var worst: Double { quantile(1) ?? .nan }
}

/// `value` with so many digits behind the point.
func text(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

/// `text` to the left in `width` columns, or to the right where `width` is negative.
func column(_ text: String, _ width: Int) -> String {
    let blanks = String(repeating: " ", count: max(0, abs(width) - text.count))
    return width < 0 ? blanks + text : text + blanks
}
