/// Reads the fields of `INFO`; what is absent or no number is nil.
struct RedisInfo {
    struct Replica: Equatable {
        let name: String
        let state: String
        let offset: Double?
        /// Seconds since it last told how far it is, which it does every second; nil when the master does not say.
        let lag: Double?

        /// Online, and heard of: one that is frozen stays `online` until `repl-timeout`, by default for a minute.
        var isInStep: Bool { state == "online" && lag.map { (0...10).contains($0) } ?? true }
        /// `10.0.0.2:6379 online, lag 12 s`.
        var text: String { "\(name) \(state)" + (lag.map { ", lag \(numberText($0)) s" } ?? "") }
    }

    let fields: [String: String]

    init(_ fields: [String: String]) { self.fields = fields }

    /// `name:value` lines; sections and blank lines are passed over.
    init(parsing text: String) {
        var fields: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
            if parts.count == 2 { fields[parts[0]] = parts[1] }
        }
        self.fields = fields
    }

    subscript(_ name: String) -> String? { fields[name] }
    func number(_ name: String) -> Double? { fields[name].flatMap(Double.init) }

    /// `master` or `replica`.
    var role: String? { fields["role"].map { $0 == "slave" ? "replica" : $0 } }

    /// The lines `slave0:ip=…,port=…,state=online,offset=…,lag=…` of a master.
    var replicas: [Replica] {
        fields.keys.filter { $0.hasPrefix("slave") && $0.dropFirst(5).allSatisfy(\.isNumber) }.sorted().map { key in
            let pairs = (fields[key] ?? "").split(separator: ",").map { $0.split(separator: "=", maxSplits: 1) }
            let values = Dictionary(
                pairs.filter { $0.count == 2 }.map { (String($0[0]), String($0[1])) },
                uniquingKeysWith: { first, _ in first })
            return Replica(
                name: "\(values["ip"] ?? "?"):\(values["port"] ?? "?")", state: values["state"] ?? "unknown",
                offset: values["offset"].flatMap(Double.init), lag: values["lag"].flatMap(Double.init))
        }
    }
}

/// Whether version `text` is at least `minimum`, part by part; nil when either is none.
func isVersion(_ text: String, atLeast minimum: String) -> Bool? {
    let (left, right) = (parts(text), parts(minimum))
    guard let left, let right else { return nil }
    for index in 0..<max(left.count, right.count) {
        let (a, b) = (index < left.count ? left[index] : 0, index < right.count ? right[index] : 0)
        if a != b { return a > b }
    }
    return true
}

private func parts(_ version: String) -> [Int]? {
    let parts = version.split(separator: ".").map { Int($0) }
    return parts.isEmpty || parts.contains(nil) ? nil : parts.compactMap(\.self)
}
