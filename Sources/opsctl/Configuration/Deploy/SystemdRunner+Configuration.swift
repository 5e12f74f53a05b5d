import Deploy
import OpsConfiguration
import OpsModel

extension SystemdRunner {
    /// Reads `deploy.runner.systemd`; nil when another runner is configured.
    init?(_ project: Project) throws {
        let deploy = try project.section("deploy")
        guard let value = deploy["runner"]?["systemd"] else { return nil }
        let slots = deploy.required("slots")
        var settings = Settings(
            service: project.service, folder: project.absolute(value.required("folder").string),
            bluePort: slots.required("blue").required("port").integer,
            greenPort: slots.required("green").required("port").integer,
            stopGrace: deploy["stop_grace"]?.duration ?? .seconds(35))
        if let user = value["user"] {
            guard !["root", "0"].contains(user.string) else {
                throw ConfigurationError([
                    user.problem("a release must not run as root", fix: "name another account, or leave it out")
                ])
            }
            settings.user = user.string
        }
        if let value = value["memory_mb"] { settings.memoryMegabytes = value.integer }
        if let value = value["tasks"] { settings.tasks = value.integer }
        settings.writable = value["writable"]?.strings.map(project.absolute) ?? []
        try self.init(settings)
    }
}
