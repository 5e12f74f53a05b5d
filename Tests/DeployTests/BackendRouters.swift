import AWSClient
import Deploy
import HAProxyClient
import HTTPClient
import KubernetesClient
import LocalServices
import OpsModel
import TestSupport
import Testing

/// A router under the conformance tests, and somebody who changes its route by hand.
struct RouterBench: Sendable {
    let router: any TrafficRouter
    /// Both slots get half of the requests, without any record of it.
    let changeByHand: @Sendable () async throws -> Void
    /// What must never be printed.
    let secret: String
}

/// HAProxy runs for real; load balancers are moto's; the Kubernetes API is the contract of Tests/Emulator.
enum RouterBackend: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case haproxy, elbv2Rule, elbv2Listener, kubernetes

    var testDescription: String { rawValue }

    private var obstacle: String? {
        switch self {
        case .haproxy: Requirement.haproxy.isMet ? nil : "HAProxy is not installed"
        case .elbv2Rule, .elbv2Listener: AWSEmulator.isThere ? nil : AWSEmulator.reason
        case .kubernetes: KubernetesAPI.isThere ? nil : KubernetesAPI.reason
        }
    }

    func with(_ body: (RouterBench) async throws -> Void) async throws {
        if let obstacle { try Test.cancel("\(obstacle)") }
        switch self {
        case .haproxy: try await withHAProxy { try await body(haproxy($0)) }
        case .elbv2Rule: try await withAWSEmulator { try await body(try await LoadBalancerLab($0).bench(asRule: true)) }
        case .elbv2Listener:
            try await withAWSEmulator { try await body(try await LoadBalancerLab($0).bench(asRule: false)) }
        case .kubernetes: try await withKubernetesAPI { try await body(try await kubernetesBench($0)) }
        }
    }

    private func haproxy(_ proxy: HAProxyProcess) -> RouterBench {
        let client = HAProxyClient(socket: proxy.socket)
        let router = HAProxyRouter(
            client: client, mapFile: proxy.map, key: proxy.options.app,
            frontend: RouterFrontend(url: proxy.address, previewToken: proxy.options.previewToken))
        let app = proxy.options.app
        return RouterBench(
            router: router,
            changeByHand: {
                for (name, value) in [("weight", "5000"), ("candidate", "green")] {
                    _ = try await client.ask("set map \(proxy.map) \(app).\(name) \(value)")
                    _ = try await client.ask("add map \(proxy.map) \(app).\(name) \(value)")
                }
            }, secret: proxy.options.previewToken.reveal())
    }
}

/// An HTTPRoute with one named rule, all of it to blue, and one for the preview.
func kubernetesBench(_ api: KubernetesAPI) async throws -> RouterBench {
    let client = try api.client()
    let resource = KubernetesResource(.httpRoute, namespace: "shop", name: "app")
    func backend(_ name: String, _ weight: Int) -> PlainJSON {
        ["name": .string(name), "port": 80, "weight": .integer(weight)]
    }
    _ = try await client.apply(
        resource,
        [
            "metadata": ["name": "app", "namespace": "shop"],
            "spec": [
                "parentRefs": [["name": "gateway"]],
                "rules": [
                    ["name": "preview", "backendRefs": [backend("app-green", 1)]],
                    ["name": "live", "backendRefs": [backend("app-blue", 1), backend("app-green", 0)]],
                ],
            ],
        ], manager: "terraform")
    try await eventually("the Gateway has taken the route") {
        try await client.get(resource)["status"] != nil
    }
    let router = KubernetesRouter(
        client: client,
        place: .init(namespace: "shop", name: "app", rule: "live", blue: "app-blue", green: "app-green"),
        frontend: RouterFrontend(url: "http://app.example", previewToken: Secret("hunter2")),
        settling: .seconds(2))
    return RouterBench(
        router: router,
        changeByHand: {
            _ = try await client.patch(
                resource,
                [
                    .add("/spec/rules/1/backendRefs/0/weight", 1), .add("/spec/rules/1/backendRefs/1/weight", 1),
                ], manager: "kubectl")
            for _ in 0..<2 { _ = try await client.get(resource) }
        }, secret: "hunter2")
}
