import StackRendering

/// Settings that break no rule of a critical environment.
func sampleSettings() -> StackSettings {
    var place = StackSettings.Place(
        accountID: "123456789012", region: "eu-west-1", availabilityZones: ["eu-west-1a", "eu-west-1b"],
        cidr: "10.30.0.0/16", stateBucket: "acme-tfstate")
    place.nat = .perZone
    var postgres = StackSettings.Postgres()
    (postgres.isMultiZone, postgres.backupDays, postgres.replicas) = (true, 14, 1)
    var redis = StackSettings.Redis()
    redis.nodes = 2
    var settings = StackSettings(
        environment: "prod",
        identity: .init(product: "acme", owner: "team-a", costCentre: "42", dataClass: .internal), place: place,
        postgres: postgres, redis: redis, storage: StackSettings.Storage())
    settings.replicaRegion = "eu-central-1"
    settings.alertEmails = ["oncall@example.com"]
    return settings
}

extension StackSettings {
    func with(_ change: (inout StackSettings) -> Void) -> StackSettings {
        var copy = self
        change(&copy)
        return copy
    }
}
