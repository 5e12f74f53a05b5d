import StackRendering
import Testing

@Suite struct StackSettingsRulesTests {
    typealias Change = @Sendable (inout StackSettings) -> Void

    @Test func aSoundCriticalEnvironmentHasNoProblems() {
        #expect(sampleSettings().problems(protection: .critical) == [])
    }

    static let critical: [(key: String, change: Change)] = [
        ("nat", { $0.nat = .single }),
        ("postgres.multi_az", { $0.postgres.isMultiZone = false }),
        ("postgres.backup_days", { $0.postgres.backupDays = 13 }),
        ("postgres.replicas", { $0.postgres.replicas = 0 }),
        ("postgres.deletion_protection", { $0.postgres.isProtected = false }),
        ("redis.nodes", { $0.redis.nodes = 1 }),
    ]

    @Test(arguments: critical)
    func whatACriticalEnvironmentNeedsIsDemandedThereOnly(_ rule: (key: String, change: Change)) {
        let settings = sampleSettings().with(rule.change)
        #expect(settings.problems(protection: .critical).map(\.key) == [rule.key])
        #expect(settings.problems(protection: .standard) == [])
    }

    static let always: [(key: String, change: Change)] = [
        ("product", { $0.product = "Acme" }),
        ("product", { $0.product = "acme--x" }),
        ("product", { $0.product = "seventeen-letters" }),  // and `prod` make 21
        ("owner", { $0.owner = "team <a>" }),
        ("cost_centre", { $0.costCentre = String(repeating: "4", count: 257) }),
        ("account_id", { $0.accountID = "1234" }),
        ("region", { ($0.region, $0.availabilityZones) = ("europe", ["europea", "europeb"]) }),
        ("replica_region", { $0.replicaRegion = $0.region }),
        ("replica_region", { $0.replicaRegion = "mars" }),
        ("state_bucket", { $0.stateBucket = "Upper" }),
        ("availability_zones", { $0.availabilityZones = ["eu-west-1a"] }),
        ("availability_zones.1", { $0.availabilityZones = ["eu-west-1a", "eu-west-1a"] }),
        ("availability_zones.0", { $0.availabilityZones = ["eu-west-2a", "eu-west-1b"] }),
        ("postgres.instance_class", { $0.postgres.instanceClass = "m7g.large" }),
        ("postgres.storage_limit_gb", { ($0.postgres.storageGB, $0.postgres.storageLimitGB) = (100, 50) }),
        ("redis.node_type", { $0.redis.nodeType = "large" }),
        ("storage.noncurrent_days", { ($0.storage.retentionDays, $0.storage.noncurrentDays) = (60, 30) }),
        (
            "storage.expire.1.prefix",
            { $0.storage.expirations = [.init(prefix: "a/", days: 1), .init(prefix: "a/", days: 2)] }
        ),
        ("storage.cors_origins.0", { $0.storage.corsOrigins = ["https://*"] }),
    ]

    @Test(arguments: always)
    func aBrokenRuleIsReportedAtItsKeyWithAFix(_ rule: (key: String, change: Change)) {
        let problems = sampleSettings().with(rule.change).problems(protection: .ephemeral)
        #expect(problems.map(\.key) == [rule.key])
        #expect(problems.allSatisfy { !$0.fix.isEmpty && !$0.why.isEmpty })
    }

    @Test func twentyCharactersOfProductAndEnvironmentStillFit() {
        let settings = sampleSettings().with { $0.product = "sixteen-letters0" }
        #expect(settings.product.count + settings.environment.count == 20)
        #expect(settings.problems(protection: .critical) == [])
    }

    @Test(arguments: ["10.0.0.0/16", "172.16.0.0/20", "172.31.255.0/24", "192.168.4.0/22"])
    func aPrivateRangeIsAccepted(_ cidr: String) {
        #expect(sampleSettings().with { $0.cidr = cidr }.problems(protection: .critical) == [])
    }

    @Test(arguments: [
        "10.0.0.0", "10.0.0/16", "10.0.0.0/15", "10.0.0.0/25", "10.0.1.0/16", "10.0.0.256/16", "8.8.0.0/16",
        "172.32.0.0/16", "192.169.0.0/16", " 10.0.0.0/16", "10.0.0.0/99",
    ])
    func aRangeThatNoPrivateNetworkCanHaveIsRefused(_ cidr: String) {
        #expect(sampleSettings().with { $0.cidr = cidr }.problems(protection: .ephemeral).map(\.key) == ["cidr"])
    }
}
