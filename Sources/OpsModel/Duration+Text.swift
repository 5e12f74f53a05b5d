package import Foundation

extension Duration {
    /// Whole milliseconds, rounded down; for JSON keys that end in `_ms`.
    package var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }

    /// Seconds with their fraction.
    package var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }

    /// Short human form: `850µs`, `12ms`, `1.5s`, `2m05s`.
    package var text: String {
        let seconds = self.seconds
        if seconds < 0.001 { return "\(Int((seconds * 1e6).rounded()))µs" }
        if seconds < 1 { return "\(Int((seconds * 1000).rounded()))ms" }
        if seconds < 60 { return String(format: "%.1fs", seconds) }
        return String(format: "%dm%02ds", Int(seconds) / 60, Int(seconds) % 60)
    }

    /// Parses `250ms`, `10s`, `5m`, `2h`; nil when the text is not of that form or means more than a year of 365 days.
    package init?(text: String) {
        let units: [(suffix: String, seconds: Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)]
        guard let unit = units.first(where: { text.hasSuffix($0.suffix) }),
            let number = Double(text.dropLast(unit.suffix.count)), number >= 0,
            number * unit.seconds <= 365 * 86_400
        else { return nil }
        self = .milliseconds(Int64((number * unit.seconds * 1000).rounded()))
    }
}
