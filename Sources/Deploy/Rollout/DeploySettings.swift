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
        /// Requests that the candidate must have answered; fewer is inconclusive.
        package var minimumRequests = 20
        /// Errors per request above which it fails.
        package var maximumErrorRatio = 0.01
        /// Requests that may vanish without an answer.
        package var maximumLost = 0
        package init() {}
    }

    /// One share of the candidate before the cutover.
    package struct CanaryStep: Sendable, Equatable {
        /// In 0.01 % of new requests.
        package let share: Int
        package let duration: Duration
        /// Whether somebody has to approve it.
        package let needsApproval: Bool

        package init(share: Int, duration: Duration, needsApproval: Bool) {
            (self.share, self.duration, self.needsApproval) = (share, duration, needsApproval)
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
    package var drainDeadline: Duration = .seconds(30)
    /// Keep the replaced release running, for an instant rollback.
    package var keepsWarm = true
    package var smoke: [SmokeStep] = []
    package var warmUp = WarmUp()
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
