import Deploy
import OpsConfiguration
import OpsModel

extension DeploySettings {
    /// Reads `deploy` and `smoke`; what the file leaves out keeps its default.
    init(_ project: Project, readsSmoke: Bool = true) throws {
        self.init(environment: project.environmentName)
        let deploy = try project.section("deploy")
        if let value = deploy["health"] { health = Health(value) }
        if let value = deploy["bake"] { (bake, analysis) = (Bake(value), analysis.with(bake: value)) }
        if let value = deploy["analysis"] { analysis = analysis.with(value) }
        if let value = deploy["drain_deadline"] { drainDeadline = value.duration }
        if let value = deploy["keep_warm"] { keepsWarm = value.boolean }
        try readCourse(deploy)
        guard readsSmoke else { return }
        golden = try GoldenProbe.Settings(project)
        smoke = try SmokePlan(project)
    }
}

extension DeploySettings {
    /// Shares, approvals, and what happens when nobody looks on.
    private mutating func readCourse(_ deploy: ConfigurationValue) throws {
        canary = try deploy["canary"]?.elements.map { try CanaryStep($0) } ?? []
        for (step, next) in zip(canary, canary.dropFirst()) where step.share >= next.share {
            throw ConfigurationError([
                deploy.required("canary").problem(
                    "\(Route.percent(next.share)) does not follow \(Route.percent(step.share))",
                    fix: "write rising shares")
            ])
        }
        if let value = deploy["approval"] {
            cutoverNeedsApproval = value["cutover"]?.boolean ?? false
            approvalExpiry = value["expires"]?.duration ?? approvalExpiry
        }
        asksWhenInconclusive = deploy["inconclusive"]?.string == "ask"
        if let value = deploy["watchdog"] { watchdogTimeout = value["timeout"]?.duration ?? watchdogTimeout }
        if let value = deploy["warm_up"] {
            warmUp.paths = value.required("paths").strings
            warmUp.rounds = value["rounds"]?.integer ?? 1
        }
        routerDeadline = deploy["router_deadline"]?.duration ?? routerDeadline
        maximumBlindness = deploy["maximum_blindness"]?.duration ?? maximumBlindness
    }
}

extension DeploySettings.CanaryStep {
    fileprivate init(_ value: ConfigurationValue) throws {
        let percent = value.required("percent")
        let share = (percent.number * 100).rounded()
        guard abs(share - percent.number * 100) < 1e-6 else {
            throw ConfigurationError([percent.problem("it is no multiple of 0.01", fix: "shares have steps of 0.01 %")])
        }
        self.init(
            share: Int(share), duration: value.required("duration").duration,
            needsApproval: value["approval"]?.boolean ?? false, limit: value["limit"]?.duration)
    }
}

extension DeploySettings.Health {
    fileprivate init(_ value: ConfigurationValue) {
        self.init()
        if let value = value["path"] { path = value.string }
        if let value = value["interval"] { interval = value.duration }
        if let value = value["passes"] { passes = value.integer }
        if let value = value["deadline"] { deadline = value.duration }
    }
}

extension DeploySettings.Bake {
    fileprivate init(_ value: ConfigurationValue) {
        self.init()
        if let value = value["duration"] { duration = value.duration }
        if let value = value["interval"] { interval = value.duration }
        limit = value["limit"]?.duration
    }
}

extension AnalysisPolicy {
    fileprivate func with(bake value: ConfigurationValue) -> AnalysisPolicy {
        var policy = self
        policy.minimumRequests = value["minimum_requests"]?.integer ?? minimumRequests
        policy.errorBudget = value["maximum_error_ratio"]?.number ?? errorBudget
        policy.maximumLost = value["maximum_lost"]?.integer ?? maximumLost
        return policy
    }

    fileprivate func with(_ value: ConfigurationValue) -> AnalysisPolicy {
        var policy = self
        policy.alpha = value["alpha"]?.number ?? alpha
        policy.toleratedRatio = value["tolerated_ratio"]?.number ?? toleratedRatio
        policy.minimumDifference = value["minimum_difference"]?.number ?? minimumDifference
        policy.margin = value["margin"]?.number ?? margin
        policy.confidence = value["confidence"]?.number ?? confidence
        policy.warmUp = value["warm_up"]?.duration ?? warmUp
        policy.maximumRestarts = value["maximum_restarts"]?.integer ?? maximumRestarts
        policy.promotesEarly = value["promotes_early"]?.boolean ?? promotesEarly
        if let value = value["latency_warm_up"] { policy.latency?.warmUp = value.duration }
        if value["latency"]?.boolean == false { policy.latency = nil }
        return policy
    }
}
