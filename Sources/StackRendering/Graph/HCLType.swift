package import OpsModel

/// The type of a variable.
package indirect enum HCLType: Sendable, Equatable {
    case string, number
    case list(HCLType)
    case map(HCLType)
    case object([LayerInput.Member])

    /// As it is written in HCL, on one line.
    var text: String {
        switch self {
        case .string: "string"
        case .number: "number"
        case .list(let element): "list(\(element.text))"
        case .map(let element): "map(\(element.text))"
        case .object(let members):
            "object({ \(members.map { "\($0.name) = \($0.type.text)" }.joined(separator: ", ")) })"
        }
    }
}

/// An output of another layer that a layer takes as a variable of the same name.
package struct LayerInput: Sendable, Equatable {
    package struct Member: Sendable, Equatable {
        package let name: String
        package let type: HCLType
        /// What stands for it in a preview, while the other layer has never been applied: it has the form that providers
        /// and modules demand, and nothing by that name exists.
        package let sample: PlainJSON

        init(_ name: String, _ type: HCLType, _ sample: PlainJSON) {
            (self.name, self.type, self.sample) = (name, type, sample)
        }

        init(_ name: String, _ sample: String) { self.init(name, .string, .string(sample)) }
    }

    /// Name of the output, and of the variable.
    package let name: String
    package let layer: StackLayer
    package let members: [Member]

    init(_ name: String, from layer: StackLayer, _ members: [Member]) {
        (self.name, self.layer, self.members) = (name, layer, members)
    }

    package var sample: PlainJSON {
        .object(Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.sample) }))
    }

    /// What a reference `output.member.…` can name.
    var paths: [String] { members.flatMap { Self.paths($0).map { path in "\(name).\(path)" } } }

    private static func paths(_ member: Member) -> [String] {
        guard case .object(let inner) = member.type else { return member.type.isScalar ? [member.name] : [] }
        return inner.flatMap { paths($0).map { path in "\(member.name).\(path)" } }
    }
}

extension HCLType {
    fileprivate var isScalar: Bool { self == .string || self == .number }
}
