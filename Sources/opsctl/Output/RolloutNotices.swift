import Deploy
import Foundation
import HTTPClient
import OpsModel
import Synchronization

/// Tells a rollout on stderr, and what others should know of it to the webhooks of `notify`.
struct RolloutAudience: Sendable {
    private let webhooks: [Webhook]
    private let service: String
    private let environment: String

    /// - Parameter isRetreat: whether it goes back: that must not need a webhook's secret.
    init(_ project: Project, isRetreat: Bool = false) throws {
        (service, environment) = (project.service, project.environmentName)
        do { webhooks = try [Webhook](project) } catch {
            guard isRetreat else { throw error }
            Story.standard.report((error as? any DiagnosableError).map { [$0.diagnostic] } ?? [])
            Story.standard.tell("nobody is notified; going back all the same")
            webhooks = []
        }
    }

    func following(_ body: @Sendable (@escaping Rollout.Observer) async throws -> DeployReport) async throws
        -> DeployReport
    {
        let story = RolloutStory(environment: environment)
        guard !webhooks.isEmpty else { return try await body(story.tell) }
        let notifier = DeployNotifier(webhooks, http: HTTPClient())
        let notices = RolloutNotices(notifier, service: service, environment: environment)
        return try await withDeployNotifier(notifier, report: Self.tell) {
            try await body { progress in
                story.tell(progress)
                notices.tell(progress)
            }
        }
    }

    @Sendable private static func tell(_ undelivered: [UndeliveredNotice]) {
        for notice in undelivered {
            Story.standard.tell(
                "! the notice `\(notice.event.rawValue)` did not reach \(notice.receiver) in \(notice.tries) tries: "
                    + notice.why)
        }
    }
}

/// What is told to webhooks of what a rollout does.
private final class RolloutNotices: Sendable {
    private struct Subject {
        var id = ""
        var release = ""
        var slot: Slot?
    }

    private let notifier: DeployNotifier
    private let service: String
    private let environment: String
    private let subject = Mutex(Subject())

    init(_ notifier: DeployNotifier, service: String, environment: String) {
        (self.notifier, self.service, self.environment) = (notifier, service, environment)
    }

    func tell(_ progress: RolloutProgress) {
        switch progress {
        case .opened(let id, let release, let candidate, let baseline):
            subject.withLock { $0 = Subject(id: id, release: release, slot: candidate) }
            let way = baseline.map { "the way back is \($0.rawValue)" } ?? "there is no way back yet"
            post(.start, "release \(release) goes into \(candidate.rawValue); \(way)", nil)
        case .waiting(let step, let what, let expires):
            post(.gate, "\(what), within \(expires.text)", "opsctl deploy approve \(step) --env \(environment) --why …")
        case .closed(.promoted, let why): post(.commit, why, nil)
        case .closed(.rolledBack, let why), .closed(.rejected, let why): post(.rollback, why, nil)
        case .closed(.blocked, let why), .closed(.indeterminate, let why), .closed(.held, let why):
            post(.blocked, why, "opsctl deploy status --env \(environment)")
        case .closed(.refused, let why): post(.rollback, "nothing was started: \(why)", nil)
        case .began, .watching, .ended: break
        }
    }

    private func post(_ event: DeployNotice.Event, _ detail: String, _ command: String?) {
        let subject = subject.withLock { $0 }
        notifier.post(
            DeployNotice(
                id: UUID().uuidString.lowercased(), event: event, service: service, environment: environment,
                deploy: subject.id, release: subject.release, slot: subject.slot, detail: detail, command: command,
                time: Date()))
    }
}
