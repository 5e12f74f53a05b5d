package import OpsModel

/// Why a plan's JSON cannot be used. Nothing of the document is quoted: it may hold secrets.
package enum PlanDocumentError: DiagnosableError, Equatable {
    case notJSON(offset: Int, why: String)
    case version(String)
    case shape(path: String, expected: String)

    package var diagnostic: Diagnostic {
        switch self {
        case .notJSON(let offset, let why):
            Diagnostic(
                "plan.not_json", what: "the plan is not JSON", place: "byte \(offset)", why: why,
                fix: "write it again: terraform show -json PLANFILE")
        case .version(let version):
            Diagnostic(
                "plan.version", what: "the plan has a format that is not known", place: "format_version",
                why: "it is \(version), and 1.x is what can be read",
                fix: "plan with Terraform 1.11 or later, below 2.0")
        case .shape(let path, let expected):
            Diagnostic(
                "plan.shape", what: "the plan is not what `terraform show -json` writes", place: path,
                why: "expected \(expected)", fix: "write it again: terraform show -json PLANFILE")
        }
    }
}

/// A value of the document together with where it stands, so that a surprise can be named.
struct PlanNode {
    let path: String
    let value: PlanValue?

    subscript(_ key: String) -> PlanNode {
        PlanNode(path: path.isEmpty ? key : "\(path).\(key)", value: value?[key])
    }

    var isAbsent: Bool { value == nil || value == .null }

    func text() throws(PlanDocumentError) -> String {
        guard let text = value?.string else { throw .shape(path: path, expected: "a text") }
        return text
    }

    func boolean() throws(PlanDocumentError) -> Bool {
        guard let boolean = value?.boolean else { throw .shape(path: path, expected: "true or false") }
        return boolean
    }

    /// The elements; none when the list is left out.
    func list() throws(PlanDocumentError) -> [PlanNode] {
        if isAbsent { return [] }
        guard let elements = value?.elements else { throw .shape(path: path, expected: "a list") }
        return elements.enumerated().map { PlanNode(path: "\(path)[\($0.offset)]", value: $0.element) }
    }

    /// The members in the order of their names; none when the object is left out.
    func members() throws(PlanDocumentError) -> [(name: String, node: PlanNode)] {
        if isAbsent { return [] }
        guard let members = value?.members else { throw .shape(path: path, expected: "an object") }
        return members.sorted { $0.key < $1.key }.map { ($0.key, self[$0.key]) }
    }

    /// A text that may be left out.
    func optionalText() throws(PlanDocumentError) -> String? { isAbsent ? nil : try text() }
}
