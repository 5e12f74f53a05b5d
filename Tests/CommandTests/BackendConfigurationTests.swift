import Foundation
import OpsModel
import ProcessClient
import TestSupport
import Testing

/// `deploy.router` and `deploy.runner` from the environment file to the backend.
@Suite struct BackendConfigurationTests {
    private static let group = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup"
    private static let rule = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener-rule/app/a/1/2/3"

    private static func environment(router: String, runner: String = "{process: {folder: s}}", image: String? = nil)
        -> String
    {
        """
        version: 1
        protection: ephemeral
        app:
          image: \(image ?? "registry.example/app@sha256:" + String(repeating: "a", count: 64))
          environment: {MODE: {value: fast}}
        deploy:
          slots: {blue: {port: 8001}, green: {port: 8002}}
          router: \(router)
          runner: \(runner)
        """
    }

    private static func elbv2(_ point: String, blue: String = "\(group)/b/1", green: String = "\(group)/g/1") -> String
    {
        "{elbv2: {url: u, preview_token: hunter2, region: eu-central-1, \(point), blue_target_group: '\(blue)', "
            + "green_target_group: '\(green)'}}"
    }

    @Test(arguments: [
        (elbv2("rule: '\(rule)', listener: '\(rule)'"), "exclude each other"),
        (elbv2("rule: '\(group)/b/1'"), "is no ARN of a listener-rule"),
        (elbv2("rule: '\(rule)'", green: "\(group)/b/1"), "it is blue's target group"),
        ("{elbv2: {}, haproxy: {}}", "exclude each other"), ("{}", "none of haproxy, elbv2, kubernetes"),
        (
            "{kubernetes: {url: u, preview_token: t, route: r, blue_service: a, green_service: a, namespace: n}}",
            "it is blue's Service"
        ),
        (
            "{kubernetes: {url: u, preview_token: t, route: r, blue_service: a, green_service: b, context: c}}",
            "there is no kubeconfig to take it from"
        ),
    ])
    func aBadRouterExits78WithTheReason(_ router: String, _ why: String) async throws {
        try await Program.withProject(Self.environment(router: router)) { folder async throws in
            let run = try await Program.opsctl("deploy", "status", in: folder)
            #expect(run.status == 78, "\(run.errors)")
            #expect(run.errors.contains(why), "\(run.errors)")
            #expect(!run.errors.contains("hunter2"))
        }
    }

    @Test(arguments: ["registry.example/app:latest", "registry.example/app@sha256:abc", "app@md5:aaaa"])
    func anImageWithoutADigestIsRefused(_ image: String) async throws {
        let text = Self.environment(router: Self.elbv2("rule: '\(Self.rule)'"), image: image)
        try await Program.withProject(text) { folder async throws in
            let run = try await Program.opsctl("deploy", "plan", "--release", "1", in: folder)
            #expect(run.status == 78, "\(run.errors)")
            #expect(run.errors.contains("is no image by digest"), "\(run.errors)")
        }
    }

    @Test(.enabled(if: KubernetesAPI.isThere, "no Kubernetes API: Tests/Emulator/setup"))
    func aClusterIsAskedWithTheKubeconfigAndItsAnswerShown() async throws {
        try await withKubernetesAPI { api async throws in
            let kubeconfig = try api.kubeconfig()
            let router =
                "{kubernetes: {url: u, preview_token: hunter2, kubeconfig: \(kubeconfig), route: app, "
                + "blue_service: app-blue, green_service: app-green}}"
            let runner = "{kubernetes: {kubeconfig: \(kubeconfig), port: 8080}}"
            try await Program.withProject(Self.environment(router: router, runner: runner)) { folder async throws in
                let run = try await Program.opsctl("deploy", "status", in: folder)
                #expect(run.output.contains("GET /apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes/app"))
                #expect(run.output.contains("\"app\" not found"), "\(run.output)")
                #expect(!(run.errors + run.output).contains(api.token.reveal()))
            }
        }
    }

    @Test(.enabled(if: AWSEmulator.isThere, "\(AWSEmulator.reason)"))
    func anAccountIsAskedForTheRule() async throws {
        try await withAWSEmulator { aws async throws in
            let text = Self.environment(router: Self.elbv2("rule: '\(Self.rule)', account_id: '000000000000'"))
            try await Program.withProject(text) { folder async throws in
                let run = try await Program.opsctl(
                    "deploy", "status", in: folder, environment: aws.environment)
                #expect(run.output.contains("the targets are in 000000000000"), "\(run.errors)")
            }
        }
    }
}
