/// Where two sides of a change differ, as text that may be shown.
package struct AttributeChange: Codable, Sendable, Equatable {
    /// `ingress[0].cidr_blocks`, or with `[+]` and `[-]` an element that came or went.
    package let path: String
    package let before: String
    package let after: String
    /// Whether this is why the resource is replaced.
    package let forcesReplacement: Bool

    private enum CodingKeys: String, CodingKey {
        case path, before, after
        case forcesReplacement = "forces_replacement"
    }

    init(path: String, before: String, after: String, forcesReplacement: Bool = false) {
        (self.path, self.before, self.after) = (path, before, after)
        self.forcesReplacement = forcesReplacement
    }

    func hiding(_ texts: SensitiveTexts, forcesReplacement: Bool) -> AttributeChange {
        AttributeChange(
            path: texts.hide(path), before: texts.hide(before), after: texts.hide(after),
            forcesReplacement: forcesReplacement)
    }
}

/// One place where two sides differ.
struct AttributeDifference {
    /// Where it stands in the values; inside a text of JSON, where that text stands.
    let anchor: [PlanStep]
    /// What differs: an element of a list that came or went has nothing on its other side.
    let before: PlanValue
    let after: PlanValue
    let change: AttributeChange
}

/// Compares two sides leaf by leaf.
struct PlanDifference {
    private(set) var found: [AttributeDifference] = []
    /// The form in which values are compared; what it makes equal is no difference.
    private let form: (PlanValue) -> PlanValue
    /// Where the text of JSON stands whose inside is being compared.
    private var document: [PlanStep]?

    init(_ change: PlanChange, comparing form: @escaping (PlanValue) -> PlanValue = { $0 }) {
        self.form = form
        let (before, after) = change.sides
        compare(before, after, at: [])
    }

    private func isSame(_ before: MarkedValue, _ after: MarkedValue) -> Bool {
        !after.unknown.hasMark && (before.value == after.value || form(before.value) == form(after.value))
    }

    private mutating func compare(_ before: MarkedValue, _ after: MarkedValue, at steps: [PlanStep]) {
        guard !isSame(before, after) else { return }
        guard !after.isUnknown, !before.isSensitive, !after.isSensitive else { return add(before, after, steps) }
        switch (before.value, after.value) {
        case (.object(let left), .object(let right)):
            let unknown = (after.unknown.members ?? [:]).filter(\.value.hasMark).keys
            for key in Set(left.keys).union(right.keys).union(unknown).sorted() {
                compare(before[.key(key)], after[.key(key)], at: steps + [.key(key)])
            }
        case (.list(let left), .list(let right)): compareLists(before, after, left, right, at: steps)
        case (.string(let left), .string(let right)):
            guard let inner = Self.documents(left, right) else { return add(before, after, steps) }
            document = steps
            compare(inner.0, inner.1, at: steps)
            document = nil
        default: add(before, after, steps)
        }
    }

    /// Lists of blocks of the same length are compared in pairs; of others it is told which elements came and went.
    private mutating func compareLists(
        _ before: MarkedValue, _ after: MarkedValue, _ left: [PlanValue], _ right: [PlanValue], at steps: [PlanStep]
    ) {
        let isOfBlocks = (left + right).allSatisfy { $0.members != nil || $0.elements != nil }
        guard left.count != right.count || !isOfBlocks, !after.unknown.hasMark else {
            for index in 0..<max(left.count, right.count) {
                compare(before[.index(index)], after[.index(index)], at: steps + [.index(index)])
            }
            return
        }
        let (kept, new) = (left.map(form), right.map(form))
        let (gone, come) = (Self.surplus(of: kept, over: new), Self.surplus(of: new, over: kept))
        let nothing = MarkedValue(value: .null, sensitive: .null, unknown: .null)
        for index in gone { add(before[.index(index)], nothing, steps, mark: "[-]") }
        for index in come { add(nothing, after[.index(index)], steps, mark: "[+]") }
        if gone.isEmpty, come.isEmpty { add(before, after, steps) }
    }

    /// The elements of `left` that `right` has not, as often as it has not.
    private static func surplus(of left: [PlanValue], over right: [PlanValue]) -> [Int] {
        var rest = right
        return left.indices.filter { index in
            guard let match = rest.firstIndex(of: left[index]) else { return true }
            rest.remove(at: match)
            return false
        }
    }

    /// Policies and other documents are texts of JSON: the difference is inside.
    private static func documents(_ left: String, _ right: String) -> (MarkedValue, MarkedValue)? {
        guard let left = PlanValue(document: left), let right = PlanValue(document: right), left != right else {
            return nil
        }
        return (
            MarkedValue(value: left, sensitive: .null, unknown: .null),
            MarkedValue(value: right, sensitive: .null, unknown: .null)
        )
    }

    private mutating func add(_ before: MarkedValue, _ after: MarkedValue, _ steps: [PlanStep], mark: String = "") {
        found.append(
            AttributeDifference(
                anchor: document ?? steps, before: before.value, after: after.value,
                change: AttributeChange(path: pathText(steps) + mark, before: before.text, after: after.text)))
    }
}

extension PlanValue {
    /// What a text of JSON holds; nil for any other text.
    init?(document text: String) {
        guard text.hasPrefix("{") || text.hasPrefix("[") else { return nil }
        do { self = try PlanValueReader.read(text.utf8) } catch {
            return nil  // a text that only begins like JSON is a text
        }
    }
}
