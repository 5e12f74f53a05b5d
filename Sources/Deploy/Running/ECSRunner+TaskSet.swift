import OpsModel

/// One task set, as DescribeTaskSets answers it.
struct ECSTaskSet: Sendable {
    let arn: String
    /// `ecs-svc/…`, by which its tasks say who started them.
    let id: String
    /// PRIMARY, ACTIVE or DRAINING.
    let status: String
    let isSteady: Bool
    let running: Int
    let targetGroups: [String]
    /// ARN of its task definition.
    let definition: String
    /// Unix time.
    let created: Double
    private let tags: [String: String]

    init?(_ json: PlainJSON) {
        guard let arn = json["taskSetArn"]?.scalarText, let status = json["status"]?.scalarText else { return nil }
        (self.arn, self.status) = (arn, status)
        id = json["id"]?.scalarText ?? arn.split(separator: "/").suffix(2).joined(separator: "/")
        isSteady = json["stabilityStatus"] == "STEADY_STATE"
        if case .integer(let count)? = json["runningCount"] { running = count } else { running = 0 }
        targetGroups = (json["loadBalancers"]?.elements ?? []).compactMap { $0["targetGroupArn"]?.scalarText }
        definition = json["taskDefinition"]?.scalarText ?? ""
        created = json["createdAt"]?.scalarText.flatMap { Double($0) } ?? 0
        let pairs = (json["tags"]?.elements ?? []).map {
            ($0["key"]?.scalarText ?? "", $0["value"]?.scalarText ?? "")
        }
        tags = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    /// - Throws: `RunnerError.record` when somebody else has made it.
    func release() throws(RunnerError) -> Release {
        guard let name = tags["opsctl:release"], let artifact = tags["opsctl:artifact"],
            let configuration = tags["opsctl:configuration"]
        else { throw .record(path: arn, why: "it has no opsctl tags") }
        return Release(name: name, artifactDigest: artifact, configurationDigest: configuration)
    }

    static func tags(_ release: Release, _ slot: Slot) -> PlainJSON {
        let tags = [
            ("opsctl:slot", slot.rawValue), ("opsctl:release", release.name),
            ("opsctl:artifact", release.artifactDigest), ("opsctl:configuration", release.configurationDigest),
        ]
        return .list(tags.map { ["key": .string($0.0), "value": .string($0.1)] })
    }
}
