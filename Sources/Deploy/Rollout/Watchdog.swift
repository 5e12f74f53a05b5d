import Ledger
import OpsModel

/// Goes back when a deploy is open, its candidate may have traffic, and its deployer has shown no sign of life for too long.
package struct Watchdog: Sendable {
    private let rollout: Rollout
    private let journal: DeployJournal
    private let clock: any Clock<Duration>

    package init(_ stage: RolloutStage, deployID: String) {
        rollout = Rollout(stage)
        journal = DeployJournal(ledger: stage.ledger, deployID: deployID)
        clock = stage.clock
    }

    package enum End: Sendable {
        /// The deployer has brought it to an end itself.
        case closed
        case wentBack(DeployReport)
    }

    package enum Sight: Sendable, Equatable {
        case over
        case alive(rest: Duration)
        case silent
    }

    /// Pause between two looks, and longest pause between two tries of a way back that did not succeed.
    private static let (interval, longestPause) = (Duration.seconds(1), Duration.seconds(60))

    /// Watches until the deploy is over. An error of the ledger or the router is told, and looked at again.
    package func run(
        _ current: ReleaseLaunch?, tell: @Sendable (String) -> Void, observe: @escaping Rollout.Observer
    ) async throws -> End {
        var pause = Self.interval
        while true {
            do {
                switch try await look() {
                case .over: return .closed
                case .alive: pause = Self.interval
                case .silent:
                    tell("no sign of the deployer: going back")
                    let report = try await rollout.rollback(current, isForced: true, ready: { _ in }, observe: observe)
                    guard report.outcome != .rolledBack else { return .wentBack(report) }
                    tell("the way back ended \(report.outcome.rawValue): \(report.decidingStep?.detail ?? "")")
                    pause = min(pause * 2, Self.longestPause)
                }
            } catch let error as CancellationError {
                throw error
            } catch {
                tell(ActionResult(.failed, after: error).detail)
                pause = min(pause * 2, Self.longestPause)
            }
            try await clock.sleep(for: pause)
        }
    }

    package func look() async throws -> Sight {
        let history = try await DeployHistory.read(
            rollout.stage.ledger, environment: rollout.environment, verifying: false)
        guard let deploy = history.deploys.first(where: { $0.id == journal.deployID }), deploy.outcome == nil,
            !deploy.isCommitted, let rest = try await rollout.stage.ledger.timer(journal.timer)
        else { return .over }
        return rest > .zero ? .alive(rest: rest) : .silent
    }
}
