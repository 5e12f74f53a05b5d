import Foundation
import StackRendering
import Testing

@Suite struct StackRendererTests {
    private func text(_ path: String, _ settings: StackSettings) throws -> String {
        try #require(StackRenderer(settings).files().first { $0.path == path }).text
    }

    @Test func renderingTwiceGivesTheSameBytes() throws {
        let (first, second) = (StackRenderer(sampleSettings()).files(), StackRenderer(sampleSettings()).files())
        #expect(first == second)
        #expect(
            try RenderManifest(environment: "prod", files: first).text()
                == RenderManifest(environment: "prod", files: second.reversed()).text())
    }

    @Test func everyLayerHasTheSameFiveFilesUnderTheSameHeader() {
        let files = StackRenderer(sampleSettings()).files()
        let names = ["main.tf", "outputs.tf", "providers.tf", "variables.tf", "versions.tf"]
        #expect(
            files.map(\.path).sorted()
                == ["bootstrap", "data", "identity", "network", "storage"].flatMap { layer in
                    names.map { "\(layer)/\($0)" }
                })
        let header = "# opsctl:generated - edit environments/prod.yaml, then: opsctl stack render --env prod\n"
        for file in files { #expect(file.text.hasPrefix(header)) }
    }

    @Test func theNetworkLayerIsWiredAsReviewed() throws {
        #expect(
            try text("network/main.tf", sampleSettings()) == """
                # opsctl:generated - edit environments/prod.yaml, then: opsctl stack render --env prod

                module "network" {
                  source = "../../../modules/network"

                  name               = "acme-prod"
                  cidr               = "10.30.0.0/16"
                  availability_zones = ["eu-west-1a", "eu-west-1b"]
                  nat                = "per_az"
                  app_port           = 8080
                }

                """)
    }

    @Test func stateIsLockedEncryptedAndBoundToTheAccount() throws {
        let versions = try text("data/versions.tf", sampleSettings())
        for line in [
            #"key                 = "prod/data/terraform.tfstate""#, "use_lockfile        = true",
            #"allowed_account_ids = ["123456789012"]"#, "encrypt             = true",
        ] { #expect(versions.contains(line)) }
    }

    @Test func everythingIsTaggedWithItsLayer() throws {
        let providers = try text("storage/providers.tf", sampleSettings())
        for tag in ["CostCentre", "DataClass", "Environment", "Layer", "ManagedBy", "Owner", "Product"] {
            #expect(providers.contains("      \(tag) "))
        }
        #expect(providers.contains(#"Layer       = "storage""#))
    }

    @Test func aSecondRegionBringsAProviderAndCopies() throws {
        let alone = sampleSettings().with { $0.replicaRegion = nil }
        #expect(try text("storage/main.tf", alone).contains("aws.replica = aws\n"))
        #expect(try text("storage/main.tf", alone).contains(#/is_replicated += false/#))
        #expect(try !text("storage/providers.tf", alone).contains("alias"))
        let copied = alone.with { $0.replicaRegion = "eu-north-1" }
        #expect(try text("storage/main.tf", copied).contains("aws.replica = aws.replica\n"))
        #expect(try text("storage/main.tf", copied).contains(#/is_replicated += true/#))
        #expect(try text("storage/providers.tf", copied).contains(#"region              = "eu-north-1""#))
    }

    @Test func textOfTheFileCannotBecomeCode() throws {
        let hostile = sampleSettings().with { $0.owner = #"${file("/etc/shadow")}" } resource "x" "y" {"# }
        #expect(
            try text("network/providers.tf", hostile).contains(
                #"Owner       = "$${file(\"/etc/shadow\")}\" } resource \"x\" \"y\" {""#))
    }

    static let changes: [(path: String, change: @Sendable (inout StackSettings) -> Void)] = [
        ("network/main.tf", { $0.cidr = "10.31.0.0/16" }),
        ("network/main.tf", { $0.nat = .none }),
        ("network/main.tf", { $0.appPort = 9090 }),
        ("network/main.tf", { $0.availabilityZones.append("eu-west-1c") }),
        ("data/main.tf", { $0.postgres.version = "17" }),
        ("data/main.tf", { $0.postgres.instanceClass = "db.m7g.xlarge" }),
        ("data/main.tf", { $0.postgres.storageGB = 21 }),
        ("data/main.tf", { $0.postgres.storageLimitGB = 99 }),
        ("data/main.tf", { $0.postgres.isMultiZone = false }),
        ("data/main.tf", { $0.postgres.backupDays = 35 }),
        ("data/main.tf", { $0.postgres.replicas = 2 }),
        ("data/main.tf", { $0.postgres.isProtected = false }),
        ("data/main.tf", { $0.redis.version = "7.0" }),
        ("data/main.tf", { $0.redis.nodeType = "cache.m7g.large" }),
        ("data/main.tf", { $0.redis.nodes = 3 }),
        ("data/main.tf", { $0.redis.maxmemoryPolicy = "allkeys-lru" }),
        ("data/main.tf", { $0.redis.snapshotDays = 1 }),
        ("storage/main.tf", { $0.storage.retentionDays = 7 }),
        ("storage/main.tf", { $0.storage.noncurrentDays = 31 }),
        ("storage/main.tf", { $0.storage.abortMultipartDays = 1 }),
        ("storage/main.tf", { $0.storage.expirations = [.init(prefix: "jobs/", days: 1)] }),
        ("storage/main.tf", { $0.storage.corsOrigins = ["https://a.example"] }),
        ("storage/main.tf", { $0.storage.accessLogDays = 30 }),
    ]

    @Test(arguments: changes)
    func aSettingReachesItsLayerAndNoOther(
        _ sample: (path: String, change: @Sendable (inout StackSettings) -> Void)
    ) {
        let before = StackRenderer(sampleSettings()).files()
        let after = StackRenderer(sampleSettings().with(sample.change)).files()
        #expect(zip(before, after).filter { $0 != $1 }.map(\.1.path) == [sample.path])
    }
}
