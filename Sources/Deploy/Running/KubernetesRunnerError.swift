package import OpsModel

/// What does not end in time.
package enum KubernetesRunnerError: DiagnosableError, Equatable {
    case stillThere(deployment: String, waited: Duration)
    case unfinished(job: String, waited: Duration)

    package var diagnostic: Diagnostic {
        switch self {
        case .stillThere(let deployment, let waited):
            Diagnostic(
                "runner.still_there", what: "a slot's pods do not end", place: "deployment \(deployment)",
                why: "there are some \(waited.text) after it was scaled to 0",
                fix: "kubectl get pods; look for finalizers and lost nodes")
        case .unfinished(let job, let waited):
            Diagnostic(
                "runner.unfinished", what: "the migrations did not end", place: "job \(job)",
                why: "it still runs after \(waited.text)", fix: "kubectl describe job \(job)")
        }
    }
}
