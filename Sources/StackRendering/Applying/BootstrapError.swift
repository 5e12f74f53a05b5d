package import OpsModel

/// Why the state of the layer bootstrap stays where it is.
package enum BootstrapError: DiagnosableError, Equatable {
    /// Moving would overwrite a state that is somebody else's.
    case otherState(environment: String, inBucket: String, onDisk: String)
    case emptyState(environment: String, lineage: String)
    case notMoved(environment: String, why: String)

    package var diagnostic: Diagnostic {
        switch self {
        case .otherState(let environment, let inBucket, let onDisk):
            Diagnostic(
                "stack.other_state", what: "the bucket holds another state of the layer bootstrap",
                place: environment, why: "its lineage is \(inBucket), that of the state on disk \(onDisk)",
                fix: "nothing was overwritten; decide which is right, and move the other one away")
        case .emptyState(let environment, let lineage):
            Diagnostic(
                "stack.empty_state", what: "the bucket holds a state of the layer bootstrap that gives nothing out",
                place: environment, why: "the state of lineage \(lineage) has no outputs",
                fix: "nothing was changed; look who wrote it, and remove it or import the bucket into it")
        case .notMoved(let environment, let why):
            Diagnostic(
                "stack.not_moved", what: "the state of the layer bootstrap has not moved into the bucket",
                place: environment, why: why,
                fix: "the state on disk is kept; opsctl stack bootstrap --env \(environment) goes on from there")
        }
    }
}
