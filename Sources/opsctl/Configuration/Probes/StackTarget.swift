import OpsConfiguration
import OpsModel
import Probes

/// One element of `targets.json`.
struct StackTarget {
    enum Content {
        case aws(StackAWSTarget)
        case wire(StackWireTarget)
    }

    let id: String
    let name: String
    let content: Content

    /// - Throws: `ConfigurationError` for unknown kinds and keys, and for values of the wrong type.
    init(_ value: StackValue, isEmulator: Bool) throws {
        id = try value.text("id")
        let layer = try value.text("layer")
        // Names of log groups are paths; names of targets are not.
        name = "stack.\(layer).\(id.replacing("/", with: "-"))"
        guard name.wholeMatch(of: #/[A-Za-z0-9][A-Za-z0-9._-]{0,127}/#) != nil else {
            throw value.error("`\(name)` is no name for a target")
        }
        let kind = try value.text("kind")
        if let aws = awsKinds.first(where: { $0.kind == kind }) {
            content = .aws(try StackAWSTarget(value, aws))
        } else if let wire = StackWireTarget.Kind(rawValue: kind) {
            content = .wire(try StackWireTarget(value, wire))
        } else {
            let known = awsKinds.map(\.kind) + StackWireTarget.Kind.allCases.map(\.rawValue)
            let nearest = nearestName(to: kind, among: known).map { "; did you mean `\($0)`?" } ?? ""
            throw value.error(
                "the target `\(name)` is of the unknown kind `\(kind)`\(nearest)",
                fix:
                    "use the opsctl that wrote it, or write it anew: opsctl stack outputs --env \(value.source.environment)"
            )
        }
    }
}

extension StackValue {
    /// Refuses keys of a target that nobody would read.
    func refuseUnknown(besides known: [String], what: String) throws {
        for key in try members().keys.sorted() where !known.contains(key) {
            let nearest = nearestName(to: key, among: known).map { "; did you mean `\($0)`?" } ?? ""
            throw error("\(what) has no key `\(key)`\(nearest)", fix: "it knows: \(known.joined(separator: ", "))")
        }
    }
}
