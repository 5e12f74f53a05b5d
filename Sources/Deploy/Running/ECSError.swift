package import OpsModel

/// What keeps an ECS service from running a release.
package enum ECSError: DiagnosableError, Equatable {
    case unsteady(service: String, slot: Slot, waited: Duration)
    case vanished(service: String, slot: Slot)
    case template(name: String, why: String)
    case notPlaced(why: String)
    case unfinished(task: String, waited: Duration)
    /// A native deployment that the answer does not tell of.
    case deployment(service: String, why: String)

    package var diagnostic: Diagnostic {
        switch self {
        case .unsteady(let service, let slot, let waited):
            Diagnostic(
                "ecs.unsteady", what: "slot \(slot.rawValue) does not become steady", place: "service \(service)",
                why: "its task set is still STABILIZING after \(waited.text)",
                fix: "aws ecs describe-services; look at the events")
        case .vanished(let service, let slot):
            Diagnostic(
                "ecs.vanished", what: "slot \(slot.rawValue) has no task set any more", place: "service \(service)",
                why: "somebody has deleted it", fix: "find out who; CloudTrail has DeleteTaskSet")
        case .template(let name, let why):
            Diagnostic(
                "ecs.template", what: "no release can be made from the task definition", place: name, why: why,
                fix: "correct deploy.runner.ecs")
        case .notPlaced(let why):
            Diagnostic(
                "ecs.not_placed", what: "the migrations could not be started", place: "ecs:RunTask", why: why,
                fix: "nothing was started, traffic is unchanged")
        case .unfinished(let task, let waited):
            Diagnostic(
                "ecs.unfinished", what: "the migrations did not end", place: task,
                why: "it still runs after \(waited.text)",
                fix: "aws ecs stop-task, and see its log")
        case .deployment(let service, let why):
            Diagnostic(
                "ecs.deployment", what: "cannot follow the deployment", place: "service \(service)", why: why,
                fix: "aws ecs list-service-deployments --service \(service)")
        }
    }
}
