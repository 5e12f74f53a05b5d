import OpsConfiguration
import OpsModel
import StackRendering

extension StackSettings {
    /// Reads `stack`. - Throws: `ConfigurationError` with every rule that is broken, each at its place in the file.
    init(_ project: Project) throws {
        if let raw = project.environmentFile.root["stack"] { try refuseReferences(in: raw) }
        let stack = try project.section("stack")
        self.init(
            environment: project.environmentName, identity: Identity(stack), place: Place(stack),
            postgres: stack["postgres"].map(Postgres.init) ?? Postgres(),
            redis: stack["redis"].map(Redis.init) ?? Redis(), storage: stack["storage"].map(Storage.init) ?? Storage())
        pipeline = stack["ci"].map(Pipeline.init)
        service = stack["service"].map(Service.init)
        secrets = stack["secrets"]?.elements.map(StackSecret.init) ?? []
        edge = stack["edge"].map(Edge.init)
        if let value = stack["slo"] { objectives = Objectives(value) }
        alertEmails = stack["alert_emails"]?.strings ?? []
        let protection = known(Protection.self, project.environmentFile.root.required("protection"))
        let problems = problems(protection: protection).map { problem in
            stack.nearest(to: problem.key).problem(problem, key: problem.key, below: stack.keyPath)
        }
        guard problems.isEmpty else { throw ConfigurationError(problems) }
    }
}

extension StackSettings.Identity {
    fileprivate init(_ value: ConfigurationValue) {
        self.init(
            product: value.required("product").string, owner: value.required("owner").string,
            costCentre: value.required("cost_centre").string,
            dataClass: known(StackSettings.DataClass.self, value.required("data_class")))
    }
}

extension StackSettings.Place {
    fileprivate init(_ value: ConfigurationValue) {
        self.init(
            accountID: value.required("account_id").string, region: value.required("region").string,
            availabilityZones: value.required("availability_zones").strings, cidr: value.required("cidr").string,
            stateBucket: value.required("state_bucket").string)
        replicaRegion = value["replica_region"]?.string
        if let value = value["nat"] { nat = known(StackSettings.NAT.self, value) }
        if let value = value["app_port"] { appPort = value.integer }
    }
}

extension StackSettings.Postgres {
    fileprivate init(_ value: ConfigurationValue) {
        self.init()
        if let value = value["version"] { version = value.string }
        if let value = value["instance_class"] { instanceClass = value.string }
        if let value = value["storage_gb"] { storageGB = value.integer }
        storageLimitGB = value["storage_limit_gb"]?.integer
        if let value = value["multi_az"] { isMultiZone = value.boolean }
        if let value = value["backup_days"] { backupDays = value.integer }
        if let value = value["replicas"] { replicas = value.integer }
        if let value = value["deletion_protection"] { isProtected = value.boolean }
    }
}

extension StackSettings.Redis {
    fileprivate init(_ value: ConfigurationValue) {
        self.init()
        if let value = value["version"] { version = value.string }
        if let value = value["node_type"] { nodeType = value.string }
        if let value = value["nodes"] { nodes = value.integer }
        if let value = value["maxmemory_policy"] { maxmemoryPolicy = value.string }
        if let value = value["snapshot_days"] { snapshotDays = value.integer }
    }
}

extension StackSettings.Storage {
    fileprivate init(_ value: ConfigurationValue) {
        self.init()
        if let value = value["retention_days"] { retentionDays = value.integer }
        if let value = value["noncurrent_days"] { noncurrentDays = value.integer }
        if let value = value["abort_multipart_days"] { abortMultipartDays = value.integer }
        if let value = value["expire"] {
            expirations = value.elements.map {
                Expiration(prefix: $0.required("prefix").string, days: $0.required("days").integer)
            }
        }
        if let value = value["cors_origins"] { corsOrigins = value.strings }
        if let value = value["access_log_days"] { accessLogDays = value.integer }
    }
}

extension StackSettings.Pipeline {
    fileprivate init(_ value: ConfigurationValue) {
        self.init(repository: value.required("repository").string)
        if let value = value["branch"] { branch = value.string }
        if let value = value["owns_provider"] { ownsProvider = value.boolean }
    }
}

extension StackSettings.Service {
    fileprivate init(_ value: ConfigurationValue) {
        self.init(
            domain: value.required("domain").string, zoneID: value.required("zone_id").string,
            imageDigest: value.required("image_digest").string)
        if let value = value["health_path"] { healthPath = value.string }
        if let value = value["cpu"] { cpu = value.integer }
        if let value = value["memory_mb"] { memoryMB = value.integer }
        if let value = value["tasks"] { tasks = value.integer }
        if let value = value["tasks_limit"] { tasksLimit = value.integer }
        if let value = value["rate_limit"] { rateLimit = value.integer }
        if let value = value["log_days"] { logDays = value.integer }
        environment = Dictionary(uniqueKeysWithValues: value["environment"]?.entries.map { ($0.0, $0.1.string) } ?? [])
    }
}

extension StackSecret {
    fileprivate init(_ value: ConfigurationValue) {
        self.init(
            name: value.required("name").string, variable: value.required("variable").string,
            source: known(Source.self, value.required("source")))
    }
}

extension StackSettings.Edge {
    fileprivate init(_ value: ConfigurationValue) {
        self.init(
            domain: value.required("domain").string, zoneID: value.required("zone_id").string,
            signingKeys: value.required("signing_keys").elements.map {
                SigningKey(name: $0.required("name").string, publicKey: $0.required("public_key").string)
            })
        if let value = value["rate_limit"] { rateLimit = value.integer }
        if let value = value["ttl_seconds"] { ttlSeconds = value.integer }
        if let value = value["price_class"] { priceClass = value.string }
    }
}

extension StackSettings.Objectives {
    fileprivate init(_ value: ConfigurationValue) {
        self.init()
        if let value = value["latency_p99"] { latencyP99Milliseconds = Int(value.duration.milliseconds) }
        if let value = value["error_rate_percent"] { errorRatePercent = value.number }
    }
}

/// The case that the shape has already checked to be there.
private func known<Choice: RawRepresentable<String>>(_: Choice.Type, _ value: ConfigurationValue) -> Choice {
    guard let choice = Choice(rawValue: value.string) else {
        preconditionFailure("\(value.keyPath) allows a choice that the settings do not know")
    }
    return choice
}

/// Only Terraform itself fills something in: outputs, in the variables of the container.
private func refuseReferences(in value: ConfigurationValue) throws {
    let problems = value.scalars.filter { scalar in
        let isTemplate = scalar.keyPath.hasPrefix("stack.service.environment.")
        return (isTemplate ? scalar.string.replacing("${stack:", with: "") : scalar.string).contains("${")
    }.map {
        $0.problem(
            "the rendered files would depend on who renders them",
            fix: "write the value itself, or ${stack:output.member} in service.environment")
    }
    guard problems.isEmpty else { throw ConfigurationError(problems) }
}

extension ConfigurationValue {
    fileprivate var scalars: [ConfigurationValue] {
        switch content {
        case .scalar: [self]
        case .list(let elements): elements.flatMap(\.scalars)
        case .mapping(let pairs): pairs.flatMap(\.value.scalars)
        }
    }

    /// The value at a dotted path, or what there is of the way to it.
    fileprivate func nearest(to path: String) -> ConfigurationValue {
        var value = self
        for step in path.split(separator: ".").map(String.init) {
            if let index = Int(step), case .list(let elements) = value.content, elements.indices.contains(index) {
                value = elements[index]
            } else if let next = value[step] {
                value = next
            } else {
                break
            }
        }
        return value
    }

    /// A broken rule at this place, named by the whole path of its key even where the file leaves the key out.
    fileprivate func problem(_ problem: StackProblem, key: String, below parent: String) -> ConfigurationProblem {
        ConfigurationProblem(
            place: place.text, keyPath: key.isEmpty ? parent : "\(parent).\(key)", why: problem.why, fix: problem.fix)
    }
}
