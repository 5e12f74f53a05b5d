import Synchronization

/// The server's own counters, gauges and histograms, printed in Prometheus' text format 0.0.4.
final class Metrics: Sendable {
    enum Kind: String { case counter, gauge, histogram }

    /// A metric's name, kind and meaning.
    struct Family: Hashable {
        let name: String
        let kind: Kind
        let help: String
        var buckets: [Double] = []
    }

    private struct Histogram {
        var counts: [Int]
        var sum = 0.0
        var count = 0
    }

    private struct State {
        var values: [Family: [String: Double]] = [:]
        var histograms: [Family: [String: Histogram]] = [:]
    }

    private let state = Mutex(State())

    func add(_ amount: Double = 1, to family: Family, _ labels: [(String, String)] = []) {
        let key = Self.text(labels)
        state.withLock { $0.values[family, default: [:]][key, default: 0] += amount }
    }

    func set(_ value: Double, _ family: Family, _ labels: [(String, String)] = []) {
        let key = Self.text(labels)
        state.withLock { $0.values[family, default: [:]][key] = value }
    }

    func observe(_ value: Double, _ family: Family, _ labels: [(String, String)] = []) {
        let key = Self.text(labels)
        state.withLock { state in
            var histogram =
                state.histograms[family]?[key] ?? Histogram(counts: Array(repeating: 0, count: family.buckets.count))
            for (index, bound) in family.buckets.enumerated() where value <= bound { histogram.counts[index] += 1 }
            histogram.sum += value
            histogram.count += 1
            state.histograms[family, default: [:]][key] = histogram
        }
    }

    /// The exposition, families and series in alphabetical order.
    func exposition() -> String {
        let (values, histograms) = state.withLock { ($0.values, $0.histograms) }
        var blocks: [(name: String, text: String)] = []
        for (family, series) in values {
            let lines = series.sorted { $0.key < $1.key }.map {
                "\(family.name)\(Self.braces($0.key)) \(Self.number($0.value))\n"
            }
            blocks.append((family.name, Self.header(family) + lines.joined()))
        }
        for (family, series) in histograms {
            let lines = series.sorted { $0.key < $1.key }.map { Self.lines(of: $0.value, $0.key, family) }
            blocks.append((family.name, Self.header(family) + lines.joined()))
        }
        return blocks.sorted { $0.name < $1.name }.map(\.text).joined()
    }

    private static func lines(of histogram: Histogram, _ labels: String, _ family: Family) -> String {
        let prefix = labels.isEmpty ? "" : labels + ","
        var text = ""
        for (bound, count) in zip(family.buckets, histogram.counts) {
            text += "\(family.name)_bucket{\(prefix)le=\"\(number(bound))\"} \(count)\n"
        }
        text += "\(family.name)_bucket{\(prefix)le=\"+Inf\"} \(histogram.count)\n"
        text += "\(family.name)_sum\(braces(labels)) \(number(histogram.sum))\n"
        text += "\(family.name)_count\(braces(labels)) \(histogram.count)\n"
        return text
    }

    private static func header(_ family: Family) -> String {
        "# HELP \(family.name) \(family.help)\n# TYPE \(family.name) \(family.kind.rawValue)\n"
    }

    private static func text(_ labels: [(String, String)]) -> String {
        labels.map { name, value in
            let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            return "\(name)=\"\(escaped)\""
        }.joined(separator: ",")
    }

    private static func braces(_ labels: String) -> String { labels.isEmpty ? "" : "{\(labels)}" }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }
}
