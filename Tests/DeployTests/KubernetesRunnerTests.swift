import Deploy
import Foundation
import KubernetesClient
import OpsModel
import TestSupport
import Testing

/// What only Deployments do; the API checks every object against the published schemas.
@Suite(.enabled(if: KubernetesAPI.isThere, "no Kubernetes API: Tests/Emulator/setup")) struct KubernetesRunnerTests {
    private func launch(_ name: String = "one", migrate: [String] = ["migrate"]) -> ReleaseLaunch {
        let launch = testLaunch(name, artifact: testImage, digest: testImageDigest)
        return ReleaseLaunch(
            release: launch.release, artifact: launch.artifact, arguments: launch.arguments, migrateArguments: migrate,
            environment: launch.environment)
    }

    private func deployment(_ client: KubernetesClient) async throws -> PlainJSON {
        try await client.get(KubernetesResource(.deployment, namespace: "shop", name: "app-green"))
    }

    @Test func valuesStandInTheSecretAndNowhereElse() async throws {
        try await withKubernetesAPI { api async throws in
            let client = try api.client()
            try await kubernetesRunner(api).start(launch(), in: .green)
            let text = String(decoding: try canonicalJSON(try await deployment(client)), as: UTF8.self)
            #expect(!text.contains(RunnerBench.secret))
            #expect(!text.contains(Data(RunnerBench.secret.utf8).base64EncodedString()))
            let secret = try await client.get(
                KubernetesResource(.secret, namespace: "shop", name: "app-green-env"))
            let values = try ["PASSWORD", "NAME"].map {
                String(
                    decoding: try #require(Data(base64Encoded: secret["data"]?[$0]?.scalarText ?? "")), as: UTF8.self)
            }
            #expect(values == [RunnerBench.secret, "one green"])
        }
    }

    @Test func podsAreHardened() async throws {
        try await withKubernetesAPI { api async throws in
            let client = try api.client()
            try await kubernetesRunner(api).start(launch(), in: .green)
            let pod = try await deployment(client).value(at: ["spec", "template", "spec"])
            let container = pod?.value(at: ["containers", "0"])
            let context = container?["securityContext"]
            #expect(container?["image"] == .string(testImage))
            #expect(context?["readOnlyRootFilesystem"] == .boolean(true))
            #expect(context?["allowPrivilegeEscalation"] == .boolean(false))
            #expect(context?["runAsNonRoot"] == .boolean(true))
            #expect(context?.value(at: ["capabilities", "drop"]) == .list([.string("ALL")]))
            #expect(pod?.value(at: ["securityContext", "seccompProfile", "type"]) == .string("RuntimeDefault"))
            #expect(container?.value(at: ["resources", "limits", "memory"]) != nil)
            #expect(pod?["automountServiceAccountToken"] == .boolean(false))
        }
    }

    @Test func whatSomebodyScaledIsScaledBackByTheNextStart() async throws {
        try await withKubernetesAPI { api async throws in
            let (client, runner) = (try api.client(), try kubernetesRunner(api))
            try await runner.start(launch(), in: .green)
            let resource = KubernetesResource(.deployment, namespace: "shop", name: "app-green")
            _ = try await client.patch(resource, [.add("/spec/replicas", .integer(1))], manager: "kubectl")
            try await runner.start(launch(), in: .green)
            #expect(try await deployment(client).value(at: ["spec", "replicas"]) == .integer(2))
        }
    }

    @Test func restartsAreCounted() async throws {
        try await withKubernetesAPI { api async throws in
            let runner = try kubernetesRunner(api)
            try await runner.start(launch(), in: .green)
            try await api.control("crash?namespace=shop&deployment=app-green")
            #expect(try await runner.state(of: .green).restarts == 8)
            #expect(try await runner.lastLines(of: .green, 1).contains("panic"))
        }
    }

    @Test func migrationsAreAJobAndTheirFailureHasItsStatusAndLines() async throws {
        try await withKubernetesAPI { api async throws in
            let runner = try kubernetesRunner(api)
            #expect(try await runner.migrate(launch()).contains("release one has started"))
            do {
                _ = try await runner.migrate(launch(migrate: ["migrate", "fail"]))
                Issue.record("a failed migration must not pass")
            } catch RunnerError.migrationFailed(let status, let lines) {
                #expect(status == 3 && lines.contains("release one"))
            }
        }
    }

    @Test func aDeploymentOfSomebodyElseIsNotTakenForARelease() async throws {
        try await withKubernetesAPI { api async throws in
            let (client, runner) = (try api.client(), try kubernetesRunner(api))
            try await runner.start(launch(), in: .green)
            let resource = KubernetesResource(.deployment, namespace: "shop", name: "app-green")
            _ = try await client.patch(
                resource, [.add("/metadata/annotations", .object([:]))], manager: "kubectl")
            await #expect(throws: RunnerError.self) { try await runner.state(of: .green) }
        }
    }

    @Test func aSlotWithoutEndpointsIsNotAccepted() async throws {
        try await withKubernetesAPI { api async throws in
            let (router, runner) = (try await kubernetesBench(api).router, try kubernetesRunner(api))
            #expect(try await router.accepts(.green) == false)
            try await runner.start(launch(), in: .green)
            #expect(try await router.accepts(.green))
            try await api.control("crash?namespace=shop&deployment=app-green")
            #expect(try await router.accepts(.green) == false)
        }
    }
}
