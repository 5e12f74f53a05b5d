import Deploy
import OpsConfiguration
import OpsModel

extension DeploySettings {
    /// Reads `deploy` and `smoke`; what the file leaves out keeps its default.
    init(_ project: Project, readsSmoke: Bool = true) throws {
        self.init(environment: project.environmentName)
        let deploy = try project.section("deploy")
        if let value = deploy["health"] { health = Health(value) }
        if let value = deploy["bake"] { bake = Bake(value) }
        if let value = deploy["drain_deadline"] { drainDeadline = value.duration }
        if let value = deploy["keep_warm"] { keepsWarm = value.boolean }
        try readCourse(deploy)
        guard readsSmoke else { return }
        smoke = try project.section("smoke").elements.map { SmokeStep($0, project: project) }
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
            needsApproval: value["approval"]?.boolean ?? false)
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
        if let value = value["minimum_requests"] { minimumRequests = value.integer }
        if let value = value["maximum_error_ratio"] { maximumErrorRatio = value.number }
        if let value = value["maximum_lost"] { maximumLost = value.integer }
    }
}

extension SmokeStep {
    fileprivate init(_ value: ConfigurationValue, project: Project) {
        let retry = value["retry"].map {
            Retry(deadline: $0.required("deadline").duration, interval: $0["interval"]?.duration ?? .milliseconds(100))
        }
        self.init(
            name: value.required("name").string, request: Request(value.required("request"), project: project),
            expectation: value["expect"].map { Expectation($0, project: project) } ?? Expectation(),
            captures: value["capture"].map(texts) ?? [:], retry: retry)
    }
}

extension SmokeStep.Request {
    fileprivate init(_ value: ConfigurationValue, project: Project) {
        self.init(path: value.required("path").string)
        if let value = value["method"] { method = value.string }
        if let value = value["headers"] { headers = texts(value) }
        body = value["body"]?.string
        file = value["file"].map { project.absolute($0.string) }
    }
}

extension SmokeStep.Expectation {
    fileprivate init(_ value: ConfigurationValue, project: Project) {
        self.init()
        if let value = value["status"] { statuses = value.elements.map(\.integer) }
        if let value = value["headers"] { headers = texts(value) }
        if let value = value["json"] { json = texts(value) }
        bodyContains = value["body_contains"]?.string
        bodyBegins = value["body_begins"]?.string
        smallerThan = value["smaller_than"].map { project.absolute($0.string) }
        if let value = value["within"] { within = value.duration }
    }
}

private func texts(_ value: ConfigurationValue) -> [String: String] {
    Dictionary(value.entries.map { ($0.key, $0.value.string) }, uniquingKeysWith: { first, _ in first })
}
