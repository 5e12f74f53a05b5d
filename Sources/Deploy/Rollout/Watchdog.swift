import Database
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

    package enum Sight: Sendable, Equatable {
        case over
        case alive(rest: Duration)
        case silent
    }

    /// Pause between two looks, and longest pause between two tries of a way back that did not succeed.
    private static let (interval, longestPause) = (Duration.seconds(1), Duration.seconds(60))

    /// Watches until the deploy is over. An error of the ledger or the router is told, and looked at again.
    /// - Parameter goBack: takes the lease from whoever holds it and rolls back.
    /// - Returns: how it went back; nil when the deployer has brought the deploy to an end itself.
    package func run(
        tell: @Sendable (String) -> Void, _ goBack: (_ isForced: Bool) async throws -> DeployReport
    ) async throws -> DeployReport? {
        var pause = Self.interval
        while true {
            do {
                switch try await look() {
                case .over: return nil
                case .alive: pause = Self.interval
                case .silent:
                    tell("no sign of the deployer: going back")
                    let report = try await goBack(true)
                    guard report.outcome != .rolledBack else { return report }
                    tell("the way back ended \(report.outcome.rawValue): \(report.decidingStep?.detail ?? "")")
                    pause = min(pause * 2, Self.longestPause)
                }
            } catch let error as CancellationError {
                throw error
            } catch DatabaseError.timedOut(_, "lock") {
                // Stopped in the middle of a write it holds up everybody, and nothing else lets go of the file.
                tell(try await rollout.killSilentHolder() ?? "the ledger is locked by another process")
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
