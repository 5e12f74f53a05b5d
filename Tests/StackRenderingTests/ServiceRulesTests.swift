import StackRendering
import Testing

struct ServiceRulesTests {
    @Test func fullSettingsBreakNoRule() {
        #expect(fullSettings().problems(protection: .critical) == [])
    }

    static let faults: [(key: String, change: @Sendable (inout StackSettings) -> Void)] = [
        ("service.domain", { $0.service?.domain = "https://app.example.com" }),
        ("service.zone_id", { $0.service?.zoneID = "example.com" }),
        ("service.image_digest", { $0.service?.imageDigest = "latest" }),
        ("service.health_path", { $0.service?.healthPath = "readyz" }),
        ("service.memory_mb", { $0.service?.memoryMB = 512 * 31 }),
        ("service.tasks_limit", { $0.service?.tasksLimit = 1 }),
        ("service.environment.lower", { $0.service?.environment = ["lower": "1"] }),
        ("service.environment.A", { $0.service?.environment = ["A": "${stack:storage.nothing}"] }),
        ("service.environment.SIGNING_KEY", { $0.service?.environment = ["SIGNING_KEY": "x"] }),
        ("secrets.0.name", { $0.secrets = [StackSecret(name: "Signing", variable: "A", source: .supplied)] }),
        ("secrets.0.variable", { $0.secrets = [StackSecret(name: "a", variable: "a-b", source: .supplied)] }),
        ("edge.domain", { $0.edge?.domain = "app.example.com" }),
        ("edge.signing_keys.0.public_key", { $0.edge?.signingKeys = [.init(name: "a", publicKey: "ssh-rsa AAAA")] }),
        ("alert_emails.0", { $0.alertEmails = ["nobody"] }),
        ("ci.repository", { $0.pipeline = .init(repository: "compress") }),
        ("replica_region", { $0.replicaRegion = nil }),
        ("service.tasks", { $0.service?.tasks = 1 }),
        ("alert_emails", { $0.alertEmails = [] }),
    ]

    @Test(arguments: faults.indices)
    func eachFaultIsNamedAtItsKey(_ index: Int) {
        let fault = Self.faults[index]
        #expect(fullSettings().with(fault.change).problems(protection: .critical).map(\.key) == [fault.key])
    }

    @Test func outputsInAVariableBecomeReferencesOfTheLayer() throws {
        let settings = fullSettings().with {
            $0.service?.environment = [
                "WHOLE": "${stack:storage.bucket}", "PART": "s3://${stack:storage.bucket}/${x}?a=\"b\"",
                "PORT": "${stack:postgres.endpoint.port}",
            ]
        }
        let text = try #require(StackRenderer(settings).files().first { $0.path == "app/main.tf" }).text
        #expect(text.contains("WHOLE = var.storage.bucket\n"))
        #expect(text.contains(#"PART  = "s3://${var.storage.bucket}/$${x}?a=\"b\"""#))
        #expect(text.contains("PORT  = var.postgres.endpoint.port\n"))
    }
}

struct EnvironmentRulesTests {
    private func findings(_ change: (inout StackSettings) -> Void, protection: Protection = .critical) -> [String] {
        let first = fullSettings()
        var second = fullSettings().with {
            ($0.environment, $0.accountID, $0.cidr) = ("other", "210987654321", "10.40.0.0/16")
            $0.service?.domain = "other.example.com"
        }
        change(&second)
        let rules = EnvironmentRules([.init(first, protection: .critical), .init(second, protection: protection)])
        return rules.findings(about: "prod").map(\.what)
    }

    @Test func environmentsApartBreakNoRule() {
        #expect(findings { _ in } == [])
    }

    @Test func anEphemeralEnvironmentDoesNotShareTheAccountOfACriticalOne() {
        #expect(findings({ $0.accountID = "123456789012" }, protection: .ephemeral).count == 1)
        #expect(findings({ $0.accountID = "123456789012" }, protection: .critical) == [])
    }

    @Test(arguments: [("10.30.128.0/20", 1), ("10.30.0.0/16", 1), ("10.31.0.0/16", 0)])
    func rangesDoNotOverlap(_ range: String, _ count: Int) {
        #expect(findings { $0.cidr = range }.count == count)
    }

    @Test func oneEnvironmentAnswersAtADomain() {
        #expect(findings { $0.service?.domain = "app.example.com" } == ["other answers at app.example.com too"])
    }
}
