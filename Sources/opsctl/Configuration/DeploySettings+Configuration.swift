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
        smoke = try SmokePlan(project)
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
