import Deploy
import OpsConfiguration
import OpsModel

extension ContainerRunner {
    /// Reads `deploy.runner.container`; nil when another runner is configured.
    init?(_ project: Project) throws {
        let deploy = try project.section("deploy")
        guard let value = deploy["runner"]?["container"] else { return nil }
        let slots = deploy.required("slots")
        for slot in Slot.allCases {
            guard let host = slots.required(slot.rawValue)["host"], host.string != "127.0.0.1" else { continue }
            throw ConfigurationError([
                host.problem("containers listen on 127.0.0.1", fix: "remove it; the router reaches them there")
            ])
        }
        var settings = Settings(
            service: project.service, bluePort: slots.required("blue").required("port").integer,
            greenPort: slots.required("green").required("port").integer,
            stopGrace: deploy["stop_grace"]?.duration ?? .seconds(35))
        if let value = value["podman"] {
            settings.podman = value.string.contains("/") ? project.absolute(value.string) : value.string
        }
        if let value = value["network"] { settings.network = value.string == "host" ? .host : .published }
        settings.containerPort = value["container_port"]?.integer
        if let value = value["user"] { settings.user = try value.account() }
        if let value = value["memory_mb"] { settings.memoryMegabytes = value.integer }
        if let value = value["pids"] { settings.processes = value.integer }
        if let value = value["tmpfs_mb"] { settings.tmpfsMegabytes = value.integer }
        settings.volumes = try value["volumes"]?.elements.map { try Settings.Volume($0, project: project) } ?? []
        if let port = value["container_port"], settings.network == .host {
            throw ConfigurationError([
                port.problem("on the host's network the slot's port is used", fix: "remove it, or `network: published`")
            ])
        }
        self.init(settings)
    }
}

extension ContainerRunner.Settings.Volume {
    fileprivate init(_ value: ConfigurationValue, project: Project) throws {
        let (source, target) = (value.required("source"), value.required("target"))
        for place in [source, target] where place.string.contains(":") {
            throw ConfigurationError([place.problem("podman separates paths by `:`", fix: "use a path without it")])
        }
        guard target.string.hasPrefix("/") else {
            throw ConfigurationError([target.problem("it is not absolute", fix: "begin it with /")])
        }
        self.init(
            source: project.absolute(source.string), target: target.string,
            isWritable: value["writable"]?.boolean ?? false)
    }
}

extension ConfigurationValue {
    /// `UID:GID`, neither of them root's.
    fileprivate func account() throws -> String {
        guard let match = string.wholeMatch(of: #/(\d+):(\d+)/#), Int(match.1) != 0, Int(match.2) != 0 else {
            throw ConfigurationError([
                problem("it is no account but root's: `\(string)`", fix: "write UID:GID, both above 0, as 10001:10001")
            ])
        }
        return string
    }
}
