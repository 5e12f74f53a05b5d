extension PlanValue {
    /// The form in which state and account are compared. Providers write null, "", [], {} and false for what is not
    /// set, numbers as text, lists of names in any order, and documents with other blanks: none of that is drift.
    var driftForm: PlanValue {
        switch self {
        case .null, .boolean(false): return .null
        case .boolean, .number: return isNothing ? .null : .string(json)
        case .string(let text):
            if text.isEmpty || text == "false" { return .null }
            return PlanValue(document: text)?.driftForm ?? self
        case .list(let elements):
            let forms = elements.map(\.driftForm)
            let isOfNames = forms.allSatisfy { $0.string != nil }
            return forms.isEmpty
                ? .null : .list(isOfNames ? forms.sorted { ($0.string ?? "") < ($1.string ?? "") } : forms)
        case .object(let members):
            let forms = members.mapValues(\.driftForm).filter { !$0.value.isNull }
            return forms.isEmpty ? .null : .object(forms)
        }
    }
}
