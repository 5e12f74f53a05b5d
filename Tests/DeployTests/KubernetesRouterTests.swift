import Deploy
import KubernetesClient
import OpsModel
import Synchronization
import TestSupport
import Testing

/// What only HTTPRoutes do.
@Suite(.enabled(if: KubernetesAPI.isThere, "no Kubernetes API: Tests/Emulator/setup")) struct KubernetesRouterTests {
    private let resource = KubernetesResource(.httpRoute, namespace: "shop", name: "app")

    @Test func anyShareIsExact() async throws {
        try await withKubernetesAPI { api async throws in
            let router = try await kubernetesBench(api).router
            for share in [1, 9, 25, 5001, 9999] {
                let route = Route(live: .blue, share: share, epoch: share)
                try await router.commit(route) {}
                #expect(try await router.route() == route)
            }
        }
    }

    @Test func aRouteThatNoGatewayTakesIsNotInForce() async throws {
        try await withKubernetesAPI { api async throws in
            let router = try await kubernetesBench(api).router
            try await api.control("hold?on=true")
            await #expect(throws: KubernetesRouteError.self) {
                try await router.commit(Route(live: .green, epoch: 1)) {}
            }
            await #expect {
                try await router.route()
            } throws: { if case RouterError.unreadable = $0 { true } else { false } }
            try await api.control("hold?on=false")
            try await eventually("the Gateway has taken it") {
                do { return try await router.route() == Route(live: .green, epoch: 1) } catch is RouterError {
                    return false
                }
            }
        }
    }

    @Test func aStatusThatAGatewayWritesMeanwhileIsNoRival() async throws {
        try await withKubernetesAPI { api async throws in
            let (router, client) = (try await kubernetesBench(api).router, try api.client())
            let fences = Mutex(0)
            try await router.commit(Route(live: .blue, share: 500, epoch: 1)) {
                guard
                    fences.withLock({
                        $0 += 1; return $0 == 1
                    })
                else { return }
                let status: PlainJSON = .list([])
                _ = try await client.patch(self.resource, [.add("/status/parents", status)], manager: "gateway")
                for _ in 0..<2 { _ = try await client.get(self.resource) }
            }
            #expect(try await router.route() == Route(live: .blue, share: 500, epoch: 1))
            #expect(fences.withLock { $0 } == 2, "what was written anew was fenced anew")
        }
    }

    @Test func theOtherRulesAreLeftAlone() async throws {
        try await withKubernetesAPI { api async throws in
            let (router, client) = (try await kubernetesBench(api).router, try api.client())
            let before = try await client.get(resource).value(at: ["spec", "rules", "0"])
            try await router.commit(Route(live: .green, epoch: 1)) {}
            #expect(try await client.get(resource).value(at: ["spec", "rules", "0"]) == before)
        }
    }

    @Test func aRuleWithAThirdBackendIsNotOurs() async throws {
        try await withKubernetesAPI { api async throws in
            let (router, client) = (try await kubernetesBench(api).router, try api.client())
            let third: PlainJSON = .object(["name": .string("other"), "port": .integer(80)])
            _ = try await client.patch(resource, [.add("/spec/rules/1/backendRefs/-", third)], manager: "kubectl")
            await #expect {
                try await router.route()
            } throws: { if case RouterError.unreadable(let what, _) = $0 { what == "backends" } else { false } }
        }
    }
}
