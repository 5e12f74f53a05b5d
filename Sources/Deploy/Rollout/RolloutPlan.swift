import Ledger
import OpsModel

/// What one rollout is to do, and with what.
struct RolloutPlan: Sendable {
    let opened: DeployJournal.Opened
    let machine: RolloutMachine
    let lease: Lease
    let candidate: ReleaseLaunch?
    /// The baseline's release, for starting it again when it has stopped; nil when its configuration is no longer known.
    let baseline: ReleaseLaunch?
    /// What must run in the baseline's slot.
    let baselineRelease: Release?
    /// The stable record before this rollout.
    let stable: DeployJournal.Stable?
    /// Open deploys without a way back, which this one closes once its gates have passed.
    let superseded: [String]
    /// Open deploys whose watchdogs must not step in while this one works.
    let watched: [String]
}

extension ReleaseLaunch {
    /// The same settings for starting an earlier release again; nil when its configuration was another one.
    func again(_ release: Release) -> ReleaseLaunch? {
        guard release.configurationDigest == self.release.configurationDigest else { return nil }
        var launch = self
        launch.release = release
        return launch
    }
}
