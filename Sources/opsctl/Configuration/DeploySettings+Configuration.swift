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
        guard readsSmoke else { return }
        smoke = try project.section("smoke").elements.map { SmokeStep($0, project: project) }
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
