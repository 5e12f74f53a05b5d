import Deploy
import HAProxyClient
import HTTPClient
import OpsConfiguration
import OpsModel

extension Composition {
    /// What `deploy.router` names.
    func router() throws -> any TrafficRouter {
        let router = try project.section("deploy").required("router")
        if let elbv2 = router["elbv2"] { return try ELBv2Router(elbv2, project: project) }
        if let kubernetes = router["kubernetes"] { return try KubernetesRouter(kubernetes, project: project) }
        let haproxy = router.required("haproxy")
        let others = haproxy["others"]?.elements ?? []
        let routers = ([haproxy] + others).map { value in
            HAProxyRouter(
                client: HAProxyClient(socket: project.absolute(value.required("socket").string)),
                mapFile: project.absolute(value.required("map").string),
                key: haproxy["key"]?.string ?? project.service, frontend: RouterFrontend(haproxy))
        }
        return others.isEmpty ? routers[0] : HAProxyFleet(routers)
    }

    /// What `deploy.runner` names; processes on this machine when it names nothing.
    func runner() throws -> any SlotRunner {
        if let runner: any SlotRunner = try ContainerRunner(project) ?? SystemdRunner(project) { return runner }
        let deploy = try project.section("deploy")
        let slots = SlotEndpoints(deploy)
        if let ecs = deploy["runner"]?["ecs"] { return try ECSRunner(ecs, slots, project: project) }
        if let kubernetes = deploy["runner"]?["kubernetes"] {
            return try KubernetesRunner(kubernetes, slots, deploy: deploy, project: project)
        }
        let folder = deploy["runner"]?["process"]?.required("folder").string ?? ".opsctl/slots"
        return try ProcessRunner(
            folder: project.absolute(folder), blue: slots.endpoint(.blue), green: slots.endpoint(.green),
            stopGrace: deploy["stop_grace"]?.duration ?? .seconds(35))
    }
}

extension RouterFrontend {
    /// The keys that all routers have.
    init(_ router: ConfigurationValue) {
        self.init(url: router.required("url").string, previewToken: router.required("preview_token").secret)
    }
}

/// Where the slots answer, past the route: `deploy.slots`.
struct SlotEndpoints {
    private let slots: ConfigurationValue

    init(_ deploy: ConfigurationValue) { slots = deploy.required("slots") }

    func endpoint(_ slot: Slot) -> ProcessRunner.Endpoint {
        let value = slots.required(slot.rawValue)
        return .init(host: value["host"]?.string ?? "127.0.0.1", port: value.required("port").integer)
    }

    func address(_ slot: Slot) -> String {
        let endpoint = endpoint(slot)
        let host = endpoint.host.contains(":") ? "[\(endpoint.host)]" : endpoint.host
        return "http://\(host):\(endpoint.port)"
    }
}
