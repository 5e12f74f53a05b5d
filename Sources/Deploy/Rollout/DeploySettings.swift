import OpsModel

/// How a rollout is gated; defaults are those of the environment file's schema.
package struct DeploySettings: Sendable {
    package struct Health: Sendable, Equatable {
        package var path = "/readyz"
        package var interval: Duration = .milliseconds(200)
        /// Good answers in a row.
        package var passes = 3
        package var deadline: Duration = .seconds(60)
        package init() {}
    }

    /// How long and how strictly the candidate is watched while it has traffic.
    package struct Bake: Sendable, Equatable {
        package var duration: Duration = .seconds(30)
        package var interval: Duration = .milliseconds(500)
        /// When lacking evidence is inconclusive; nil for ten times the duration.
        package var limit: Duration?
        package init() {}
    }

    /// One share of the candidate before the cutover.
    package struct CanaryStep: Sendable, Equatable {
        /// In 0.01 % of new requests.
        package let share: Int
        package let duration: Duration
        /// Whether somebody has to approve it.
        package let needsApproval: Bool
        /// When lacking evidence is inconclusive; nil for ten times the duration.
        package let limit: Duration?

        package init(share: Int, duration: Duration, needsApproval: Bool, limit: Duration? = nil) {
            (self.share, self.duration, self.needsApproval, self.limit) = (share, duration, needsApproval, limit)
        }
    }

    /// Requests to both slots before the candidate gets traffic.
    package struct WarmUp: Sendable, Equatable {
        package var paths: [String] = []
        package var rounds = 1
        package init() {}
    }

    package enum OnInterrupt: String, Sendable, CaseIterable { case rollback, hold }

    package var environment: String
    package var health = Health()
    package var bake = Bake()
    /// By what the candidate is judged while it has traffic.
    package var analysis = AnalysisPolicy()
    package var drainDeadline: Duration = .seconds(30)
    /// Keep the replaced release running, for an instant rollback.
    package var keepsWarm = true
    package var smoke = SmokePlan()
    package var warmUp = WarmUp()
    /// Requests whose answers by both slots are compared; nil compares none.
    package var golden: GoldenProbe.Settings?
    package var canary: [CanaryStep] = []
    /// Whether somebody has to approve the cutover.
    package var cutoverNeedsApproval = false
    /// How long an approval is waited for; what was not approved by then is taken as rejected.
    package var approvalExpiry: Duration = .seconds(3600)
    package var asksWhenInconclusive = false
    /// How long after the deployer's last sign the watchdog goes back; nil arms none.
    package var watchdogTimeout: Duration? = .seconds(60)
    /// How long a router that does not answer is asked again before the candidate has traffic.
    package var routerDeadline: Duration = .seconds(30)
    /// How long the candidate may have traffic while the router does not answer.
    package var maximumBlindness: Duration = .seconds(30)
    package var onInterrupt = OnInterrupt.rollback

    package init(environment: String) { self.environment = environment }

    /// The step of the analysis that belongs to the shift of that index in `course`.
    func step(_ index: Int, of course: RolloutCourse) -> AnalysisStep {
        let share = course.shares[index]
        let canary = index < canary.count && share < Route.all ? canary[index] : nil
        let duration = canary?.duration ?? bake.duration
        return AnalysisStep(
            share: share, duration: duration, limit: (canary == nil ? bake.limit : canary?.limit) ?? duration * 10)
    }

    /// The way to all traffic that these settings describe.
    package var course: RolloutCourse {
        var course = RolloutCourse()
        course.shares = canary.map(\.share) + [Route.all]
        course.approvals =
            canary.indices.filter { canary[$0].needsApproval } + (cutoverNeedsApproval ? [canary.count] : [])
        course.asksWhenInconclusive = asksWhenInconclusive
        course.isWatched = watchdogTimeout != nil
        return course
    }
}
