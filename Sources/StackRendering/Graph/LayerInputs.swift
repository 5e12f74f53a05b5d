import OpsModel

/// What each layer takes of the others: typed variables instead of anybody's state, so that a layer sees only what is
/// declared here.
extension StackLayer {
    package var inputs: [LayerInput] {
        switch self {
        case .bootstrap, .identity, .network, .storage, .supply: []
        case .data: [LayerInput("network", from: .network, [.subnets("data"), .groups("postgres", "redis")])]
        case .edge:
            [
                LayerInput(
                    "storage", from: .storage,
                    [
                        .init("bucket", "preview"), .init("domain", "preview.s3.eu-west-1.amazonaws.com"),
                        .init("logs_bucket_domain", "preview-logs.s3.eu-west-1.amazonaws.com"),
                    ])
            ]
        case .app: Self.appInputs
        case .observability: Self.observabilityInputs
        }
    }

    private static let appInputs = [
        LayerInput(
            "identity", from: .identity,
            [.role("task_role", "preview-task"), .role("execution_role", "preview-execution")]),
        LayerInput(
            "network", from: .network,
            [.init("vpc_id", "vpc-0preview"), .subnets("public"), .subnets("private"), .groups("app", "load_balancer")]),
        LayerInput(
            "postgres", from: .data,
            [.endpoint("endpoint"), .init("database", "app"), .policy("connect_policy_arn", "preview-postgres")]),
        LayerInput(
            "redis", from: .data,
            [.endpoint("endpoint"), .init("user", "preview"), .policy("connect_policy_arn", "preview-redis")]),
        LayerInput(
            "registry", from: .supply,
            [
                .init("repository_url", "000000000000.dkr.ecr.eu-west-1.amazonaws.com/preview"),
                .init("repository_arn", "arn:aws:ecr:eu-west-1:000000000000:repository/preview"), .key("key_arn"),
            ]),
        LayerInput(
            "secrets", from: .supply,
            [
                .init(
                    "arns", .map(.string),
                    .object(["PREVIEW": .string("arn:aws:secretsmanager:eu-west-1:000000000000:secret:preview")])),
                .key("key_arn"),
            ]),
        LayerInput(
            "storage", from: .storage,
            [
                .init("bucket", "preview"), .init("domain", "preview.s3.eu-west-1.amazonaws.com"),
                .init("logs_bucket", "preview-logs"), .policy("app_policy_arn", "preview-files"),
            ]),
    ]

    private static let observabilityInputs = [
        LayerInput("postgres", from: .data, [.names("identifiers", ["preview-postgres"])]),
        LayerInput("redis", from: .data, [.names("members", ["preview-redis-001"])]),
        LayerInput(
            "service", from: .app,
            [
                .init("load_balancer_suffix", "app/preview/0000000000000000"),
                .bySlot("target_group_suffixes", "targetgroup/preview/0000000000000000"),
                .init("log_group", "/preview/app"), .init("cluster", "preview"), .bySlot("services", "preview"),
            ]),
    ]
}

extension LayerInput.Member {
    private static let account = "000000000000"

    fileprivate static func subnets(_ tier: String) -> Self {
        names("\(tier)_subnet_ids", ["subnet-0preview1", "subnet-0preview2"])
    }

    fileprivate static func names(_ name: String, _ samples: [String]) -> Self {
        Self(name, .list(.string), .list(samples.map(PlainJSON.string)))
    }

    fileprivate static func groups(_ names: String...) -> Self {
        let members = names.map { Self($0, "sg-0preview\($0)") }
        return Self("security_group_ids", .object(members), sample(members))
    }

    fileprivate static func role(_ name: String, _ sample: String) -> Self {
        let members = [Self("name", sample), Self("arn", "arn:aws:iam::\(account):role/\(sample)")]
        return Self(name, .object(members), self.sample(members))
    }

    fileprivate static func endpoint(_ name: String) -> Self {
        let members = [Self("host", "preview.invalid"), Self("port", .number, .integer(1))]
        return Self(name, .object(members), sample(members))
    }

    fileprivate static func key(_ name: String) -> Self {
        Self(name, "arn:aws:kms:eu-west-1:\(account):key/00000000-0000-0000-0000-000000000000")
    }

    fileprivate static func policy(_ name: String, _ sample: String) -> Self {
        Self(name, "arn:aws:iam::\(account):policy/\(sample)")
    }

    fileprivate static func bySlot(_ name: String, _ sample: String) -> Self {
        Self(name, .map(.string), .object(["blue": .string("\(sample)-blue"), "green": .string("\(sample)-green")]))
    }

    private static func sample(_ members: [Self]) -> PlainJSON {
        .object(Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.sample) }))
    }
}

extension StackLayer {
    /// Folders of the modules that the layer uses, directly or through them.
    package var modules: Set<String> {
        switch self {
        case .bootstrap: ["bootstrap", "keys"]
        case .identity: ["identity"]
        case .network: ["network", "keys"]
        case .storage: ["storage", "keys"]
        case .data: ["postgres", "redis", "keys"]
        case .edge: ["edge", "keys"]
        case .supply: ["registry", "secrets", "keys"]
        case .app: ["service", "keys"]
        case .observability: ["observability", "keys"]
        }
    }
}
