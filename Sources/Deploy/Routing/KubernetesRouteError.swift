package import OpsModel

/// A route is written, but whether requests follow it is not known.
package enum KubernetesRouteError: DiagnosableError, Equatable {
    case notTaken(name: String, why: String)

    package var diagnostic: Diagnostic {
        switch self {
        case .notTaken(let name, let why):
            Diagnostic(
                "router.not_settled", what: "no Gateway has taken the route yet", place: "httproute \(name)", why: why,
                fix: "kubectl describe httproute \(name)")
        }
    }
}
