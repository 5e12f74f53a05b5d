package import OpsModel

/// How a rollout is gated; defaults are those of the environment file's schema.
package struct DeploySettings: Sendable, Equatable {
    package struct Health: Sendable, Equatable {
        package var path = "/readyz"
        package var interval: Duration = .milliseconds(200)
        /// Good answers in a row.
        package var passes = 3
        package var deadline: Duration = .seconds(60)
        package init() {}
    }

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

    package var environment: String
    package var health = Health()
    package var bake = Bake()
    package var drainDeadline: Duration = .seconds(30)
    /// Keep the replaced release running, for an instant rollback.
    package var keepsWarm = true
    package var smoke = SmokePlan()

    package init(environment: String) { self.environment = environment }
}
