/// What one layer's plan would do, as people and reports read it. It holds no sensitive value.
package struct PlanSummary: Codable, Sendable, Equatable {
    package struct Counts: Codable, Sendable, Equatable {
        package var add = 0
        package var change = 0
        package var replace = 0
        package var destroy = 0
        package var read = 0
        package var `import` = 0
        package var move = 0
        package var forget = 0

        package init() {}
    }

    package struct Item: Codable, Sendable, Equatable {
        package let address: String
        package let type: String
        package let name: String
        /// Where it was before; nil unless it moves.
        package let movedFrom: String?
        package let action: PlanAction
        /// Of a replacement: the new one is there before the old one goes.
        package let isCreatedFirst: Bool
        package let isImported: Bool
        /// Terraform's word, such as `replace_because_cannot_update`.
        package let actionReason: String?
        /// Attributes that force a replacement.
        package let replacePaths: [String]
        /// What differs; only for what is updated or replaced.
        package let changes: [AttributeChange]

        private enum CodingKeys: String, CodingKey {
            case address, type, name, action, changes
            case movedFrom = "moved_from"
            case isCreatedFirst = "is_created_first"
            case isImported = "is_imported"
            case actionReason = "action_reason"
            case replacePaths = "replace_paths"
        }
    }

    package struct Output: Codable, Sendable, Equatable {
        package let name: String
        package let action: PlanAction
        package let before: String
        package let after: String
    }

    package let layer: String
    package let counts: Counts
    /// Replaced and destroyed resources first.
    package let items: [Item]
    package let outputs: [Output]
    package let isComplete: Bool
    package let isErrored: Bool

    private enum CodingKeys: String, CodingKey {
        case layer, counts, items, outputs
        case isComplete = "is_complete"
        case isErrored = "is_errored"
    }

    package init(_ document: PlanDocument, layer: String) {
        self.layer = layer
        items = document.resourceChanges.compactMap { Item($0, document.sensitive) }.sorted {
            ($0.action.rank, $0.address) < ($1.action.rank, $1.address)
        }
        counts = Counts(items)
        outputs = document.outputChanges.filter { $0.change.action != .none }.map { Output($0, document.sensitive) }
        (isComplete, isErrored) = (document.isComplete, document.isErrored)
    }

    /// Whether an apply would leave everything as it is. Reading data changes nothing.
    package var isEmpty: Bool { items.allSatisfy { $0.action == .read } && outputs.isEmpty }
}

extension PlanSummary.Counts {
    fileprivate init(_ items: [PlanSummary.Item]) {
        func count(_ action: PlanAction) -> Int { items.count { $0.action == action } }
        (add, change, replace, destroy) = (count(.create), count(.update), count(.replace), count(.destroy))
        (read, forget) = (count(.read), count(.forget))
        (`import`, move) = (items.count(where: \.isImported), items.count { $0.movedFrom != nil })
    }
}

extension PlanSummary.Item {
    /// nil for what stays as it is.
    fileprivate init?(_ resource: PlanResourceChange, _ texts: SensitiveTexts) {
        let change = resource.change
        guard change.action != .none || change.isImport || resource.previousAddress != nil else { return nil }
        (address, movedFrom, action) = (resource.address, resource.previousAddress, change.action)
        (type, name, isCreatedFirst) = (resource.type, resource.name, change.isCreatedFirst)
        (isImported, actionReason) = (change.isImport, resource.actionReason)
        replacePaths = change.replacePaths.map { pathText($0) }
        let isShown = change.action == .update || change.action == .replace
        changes =
            !isShown
            ? []
            : PlanDifference(change).found.map { each in
                let isCause = change.replacePaths.contains {
                    each.anchor.starts(with: $0) || $0.starts(with: each.anchor)
                }
                return each.change.hiding(texts, forcesReplacement: isCause)
            }
    }
}

extension PlanSummary.Output {
    fileprivate init(_ output: PlanOutputChange, _ texts: SensitiveTexts) {
        let change = output.change
        (name, action) = (output.name, change.action)
        (before, after) = (texts.hide(change.sides.before.text), texts.hide(change.sides.after.text))
    }
}

extension PlanAction {
    /// What hurts most first.
    fileprivate var rank: Int {
        switch self {
        case .replace: 0
        case .destroy: 1
        case .forget: 2
        case .update: 3
        case .create: 4
        case .none: 5
        case .read: 6
        }
    }
}
