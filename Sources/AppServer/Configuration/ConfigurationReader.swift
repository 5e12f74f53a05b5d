import OpsModel

/// Reads variables and collects what is wrong with them, so that all problems are reported at once.
struct ConfigurationReader {
    private let variables: [String: String]
    private(set) var problems: [ConfigurationProblem] = []

    init(_ variables: [String: String]) {
        self.variables = variables
        let known = AppConfiguration.variables
        for name in variables.keys.sorted() where name.hasPrefix("APP_") && !known.contains(name) {
            let nearest = known.min { editDistance($0, name) < editDistance($1, name) } ?? ""
            report(name, "is not a variable of this server; did you mean \(nearest)?")
        }
    }

    mutating func report(_ variable: String, _ why: String) {
        problems.append(ConfigurationProblem(variable: variable, why: why))
    }

    /// nil when absent or empty.
    func text(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }

    mutating func required(_ name: String, _ meaning: String) -> String? {
        if let value = text(name) { return value }
        report(name, "is not set: \(meaning)")
        return nil
    }

    mutating func number(_ name: String, default standard: Int, in range: ClosedRange<Int>) -> Int {
        guard let text = text(name) else { return standard }
        guard let number = Int(text), range.contains(number) else {
            report(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return standard
        }
        return number
    }

    mutating func duration(_ name: String, default standard: Duration, in range: ClosedRange<Duration>) -> Duration {
        guard let text = text(name) else { return standard }
        guard let duration = Duration(text: text), range.contains(duration) else {
            report(
                name,
                "must be a duration such as 30s, 5m or 24h, from \(range.lowerBound.text) to \(range.upperBound.text)")
            return standard
        }
        return duration
    }

    mutating func flag(_ name: String) -> Bool {
        switch text(name) {
        case nil, "false": return false
        case "true": return true
        default:
            report(name, "must be true or false")
            return false
        }
    }
}

/// Levenshtein distance.
private func editDistance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var previous = Array(0...right.count)
    for (row, character) in left.enumerated() {
        var current = [row + 1]
        for (column, other) in right.enumerated() {
            current.append(
                min(previous[column] + (character == other ? 0 : 1), previous[column + 1] + 1, current[column] + 1))
        }
        previous = current
    }
    return previous[right.count]
}
