/// Adds up what each kind of change saved.
struct TransformLedger {
    private var tallies: [String: TransformTally] = [:]

    mutating func add(_ name: String, before: Int, after: Int) {
        var tally = tallies[name] ?? TransformTally(name: name, count: 0, before: 0, after: 0)
        tally.count += 1
        tally.before += before
        tally.after += after
        tallies[name] = tally
    }

    /// The largest saving first; names break ties so that reports are reproducible.
    var sorted: [TransformTally] {
        tallies.values.sorted { ($1.before - $1.after, $0.name) < ($0.before - $0.after, $1.name) }
    }
}
