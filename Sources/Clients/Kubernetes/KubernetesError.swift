package import OpsModel

/// Why the API server did not do what was asked (Kubernetes API conventions, "HTTP Status codes").
package enum KubernetesError: DiagnosableError, Equatable {
    /// The kubeconfig or the service account cannot be used.
    case configuration(place: String, why: String, fix: String)
    /// 401
    case unauthenticated(place: String, message: String)
    /// 403
    case denied(place: String, message: String)
    /// 404
    case absent(place: String, message: String)
    /// 409: somebody else changed it, or owns the field.
    case conflict(place: String, message: String)
    /// 422: not valid, or a `test` of a JSON patch did not hold.
    case invalid(place: String, message: String)
    /// 429 or 5xx: asking again can help, and a change may have been made.
    case unavailable(place: String, status: Int, message: String)
    case refused(place: String, status: Int, message: String)
    /// No answer in time; a change may have been made.
    case timedOut(place: String, why: String)
    case unreadable(place: String, why: String)

    package var diagnostic: Diagnostic {
        switch self {
        case .configuration(let place, let why, let fix):
            Diagnostic(
                "kubernetes.configuration", what: "the cluster cannot be asked", place: place, why: why, fix: fix)
        case .unauthenticated(let place, let message):
            Diagnostic(
                "kubernetes.unauthenticated", what: "the cluster does not accept the credentials", place: place,
                why: message, fix: "renew the token or the client certificate of the kubeconfig's user")
        case .denied(let place, let message):
            Diagnostic(
                "kubernetes.denied", what: "the credentials may not do this", place: place, why: message,
                fix: "grant the verb in a Role; docs/backends.md lists them")
        case .absent(let place, let message):
            Diagnostic(
                "kubernetes.absent", what: "it does not exist", place: place, why: message,
                fix: "create it, or correct its name in the environment file")
        case .conflict(let place, let message):
            Diagnostic(
                "kubernetes.conflict", what: "somebody else writes the same object", place: place, why: message,
                fix: "find out who: kubectl get --show-managed-fields -o yaml")
        case .invalid(let place, let message):
            Diagnostic(
                "kubernetes.invalid", what: "the cluster does not take the object", place: place, why: message,
                fix: "correct the settings of deploy.router or deploy.runner")
        case .unavailable(let place, let status, let message):
            Diagnostic(
                "kubernetes.unavailable", what: "the cluster could not answer", place: place,
                why: "\(status) \(message)", fix: "ask again later")
        case .refused(let place, let status, let message):
            Diagnostic(
                "kubernetes.refused", what: "the cluster refused the request", place: place,
                why: "\(status) \(message)", fix: "check server and credentials of the kubeconfig")
        case .timedOut(let place, let why):
            Diagnostic(
                "kubernetes.timeout", what: "no answer in time", place: place, why: why,
                fix: "check the API server: kubectl get --raw /readyz")
        case .unreadable(let place, let why):
            Diagnostic(
                "kubernetes.unreadable", what: "cannot read the cluster's answer", place: place, why: why,
                fix: "check that the server is a Kubernetes API: kubectl version")
        }
    }

    /// Whether the server has said no, so that nothing was changed.
    package var isFinal: Bool {
        switch self {
        case .configuration, .unauthenticated, .denied, .absent, .conflict, .invalid, .refused: true
        case .unavailable, .timedOut, .unreadable: false
        }
    }
}
