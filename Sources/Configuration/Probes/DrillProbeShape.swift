extension ObjectShape {
    static let drillProbe = ObjectShape([
        .required("name", .choice(["pitr", "redis-failover"]), "the drill, as opsctl drill NAME")
    ])
}
