/// A statement of an IAM policy. nil stands for what only the apply will tell, such as the ARN of a new resource.
struct AccessStatement: Sendable, Equatable {
    struct Principal: Sendable, Equatable {
        let type: String
        let identifier: String?

        /// Anybody at all.
        var isEverybody: Bool { identifier == "*" && ["*", "AWS"].contains(type) }
    }

    struct Condition: Sendable, Equatable {
        let test: String
        let variable: String
        let values: [String?]
    }

    var isAllow = true
    var actions: [String] = []
    var notActions: [String] = []
    var resources: [String?] = []
    var notResources: [String?] = []
    var principals: [Principal] = []
    var notPrincipals: [Principal] = []
    var conditions: [Condition] = []

    func has(_ variable: String) -> Bool { conditions.contains { $0.variable.lowercased() == variable.lowercased() } }
}

/// What a policy says, or why that cannot be seen.
enum AccessPolicy: Sendable, Equatable {
    case statements([AccessStatement])
    case opaque(String)
}

extension AccessPolicy {
    /// - Parameter json: a policy document; all forms that IAM accepts.
    init(json: String) {
        let document: PlanValue
        do { document = try PlanValueReader.read(json.utf8) } catch {
            self = .opaque("the policy is not JSON: \(error.why)")
            return
        }
        guard let raw = document["Statement"],
            document.members?.keys.allSatisfy(["Version", "Id", "Statement"].contains) == true
        else {
            self = .opaque("the policy has no statements, or more than IAM knows of")
            return
        }
        let statements = (raw.elements ?? [raw]).map(AccessStatement.init(document:))
        self =
            statements.contains(nil)
            ? .opaque("a statement has a form that is not known") : .statements(statements.compactMap(\.self))
    }
}

extension AccessStatement {
    fileprivate init?(document: PlanValue) {
        // IAM may read what stands under a name that is not known here.
        guard let members = document.members, members.keys.allSatisfy(Self.elements.contains),
            let effect = document["Effect"]?.string, ["Allow", "Deny"].contains(effect)
        else { return nil }
        func texts(_ key: String) -> [String]? {
            switch document[key] {
            case nil: []
            case .string(let text): [text]
            case .list(let elements):
                elements.compactMap(\.string).count == elements.count ? elements.compactMap(\.string) : nil
            default: nil
            }
        }
        guard let actions = texts("Action"), let notActions = texts("NotAction"), let resources = texts("Resource"),
            let notResources = texts("NotResource"), let principals = Self.principals(document["Principal"]),
            let notPrincipals = Self.principals(document["NotPrincipal"]), !(actions + notActions).isEmpty
        else { return nil }
        self.init(
            isAllow: effect == "Allow", actions: actions, notActions: notActions, resources: resources,
            notResources: notResources, principals: principals, notPrincipals: notPrincipals,
            conditions: Self.conditions(document["Condition"]))
    }

    private static let elements: Set = [
        "Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition",
    ]

    private static func principals(_ value: PlanValue?) -> [Principal]? {
        switch value {
        case nil: return []
        case .string(let text): return [Principal(type: "*", identifier: text)]
        case .object(let members):
            return members.sorted { $0.key < $1.key }.flatMap { type, identifiers in
                identifiers.strings.map { Principal(type: type, identifier: $0) }
            }
        default: return nil
        }
    }

    private static func conditions(_ value: PlanValue?) -> [Condition] {
        (value?.members ?? [:]).sorted { $0.key < $1.key }.flatMap { test, variables in
            (variables.members ?? [:]).sorted { $0.key < $1.key }.map { variable, values in
                Condition(
                    test: test, variable: variable, values: (values.elements ?? [values]).map { $0.string ?? $0.json })
            }
        }
    }
}

extension AccessStatement {
    /// A `statement` block of a `data.aws_iam_policy_document`; nil when its effect or actions are not known.
    init?(block: MarkedValue) {
        guard !block.isUnknown, let effect = block.known("effect").value, let actions = block.texts("actions"),
            let notActions = block.texts("not_actions"), !(actions + notActions).contains(nil),
            !(actions + notActions).isEmpty
        else { return nil }
        isAllow = effect.string != "Deny"
        self.actions = actions.compactMap(\.self)
        self.notActions = notActions.compactMap(\.self)
        // A list whose length is not known has at least an element that is not known.
        resources = block.texts("resources") ?? [nil]
        notResources = block.texts("not_resources") ?? [nil]
        principals = Self.principals(block, "principals")
        notPrincipals = Self.principals(block, "not_principals")
        conditions = (block.blocks("condition") ?? []).map {
            Condition(
                test: $0.known("test").string ?? "", variable: $0.known("variable").string ?? "",
                values: $0.texts("values") ?? [nil])
        }
    }

    private static func principals(_ block: MarkedValue, _ key: String) -> [Principal] {
        guard let blocks = block.blocks(key) else { return [Principal(type: "", identifier: nil)] }
        return blocks.flatMap { each in
            (each.texts("identifiers") ?? [nil]).map {
                Principal(type: each.known("type").string ?? "", identifier: $0)
            }
        }
    }
}
