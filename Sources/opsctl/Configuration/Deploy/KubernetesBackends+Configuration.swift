import Deploy
import HTTPClient
import KubernetesClient
import OpsConfiguration
import OpsModel

/// A cluster with the namespace that a backend works in.
private struct KubernetesPlace {
    let client: KubernetesClient
    let namespace: String

    init(_ value: ConfigurationValue, project: Project) throws {
        let access: KubernetesAccess
        if let file = value["kubeconfig"] {
            access = try .kubeconfig(path: project.absolute(file.string), context: value["context"]?.string)
        } else {
            if let context = value["context"] {
                throw ConfigurationError([
                    context.problem("there is no kubeconfig to take it from", fix: "add kubeconfig: PATH")
                ])
            }
            access = try .inCluster(environment: project.variables)
        }
        guard let namespace = value["namespace"]?.string ?? access.namespace else {
            throw ConfigurationError([
                value.problem("neither it nor the context has a namespace", fix: "add namespace: NAME")
            ])
        }
        (client, self.namespace) = (KubernetesClient(access, http: HTTPClient()), namespace)
    }
}

extension KubernetesRouter {
    init(_ value: ConfigurationValue, project: Project) throws {
        let (blue, green) = (value.required("blue_service"), value.required("green_service"))
        guard blue.string != green.string else {
            throw ConfigurationError([
                green.problem("it is blue's Service", fix: "give each slot a Service of its own")
            ])
        }
        let place = try KubernetesPlace(value, project: project)
        self.init(
            client: place.client,
            place: Place(
                namespace: place.namespace, name: value.required("route").string, rule: value["rule"]?.string,
                blue: blue.string, green: green.string),
            frontend: RouterFrontend(value), settling: value["settle"]?.duration ?? .seconds(30))
    }
}

extension KubernetesRunner {
    init(_ value: ConfigurationValue, _ slots: SlotEndpoints, deploy: ConfigurationValue, project: Project) throws {
        let place = try KubernetesPlace(value, project: project)
        var settings = Settings(
            namespace: place.namespace, name: value["name"]?.string ?? project.service,
            blue: slots.address(.blue), green: slots.address(.green), port: value.required("port").integer)
        if let replicas = value["replicas"] { settings.replicas = replicas.integer }
        if let cpu = value["cpu"] { settings.cpu = cpu.string }
        if let memory = value["memory"] { settings.memory = memory.string }
        if let scratch = value["scratch"] { settings.scratch = scratch.string }
        settings.serviceAccount = value["service_account"]?.string
        if let path = deploy["health"]?["path"] { settings.healthPath = path.string }
        if let grace = deploy["stop_grace"] { settings.stopGrace = grace.duration }
        if let deadline = value["start_deadline"] { settings.startDeadline = deadline.duration }
        self.init(client: place.client, settings: settings)
    }
}
