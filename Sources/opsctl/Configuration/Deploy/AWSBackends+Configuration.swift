import AWSClient
import Deploy
import HTTPClient
import OpsConfiguration
import OpsModel

extension AWSPlace {
    /// `region` and `account_id`; credentials are looked for where AWS's own tools do.
    init(_ value: ConfigurationValue, project: Project) throws {
        let variables = project.variables
        let access = AWSAccess(
            environment: variables, endpoints: try AWSEndpoints(environment: variables),
            account: value["account_id"]?.string)
        self.init(access, region: value.required("region").string, http: HTTPClient())
    }
}

extension ELBv2Router {
    init(_ value: ConfigurationValue, project: Project) throws {
        let point: Point
        if let rule = value["rule"] {
            point = .rule(arn: try arn(rule, of: "listener-rule/"))
        } else {
            point = .listener(arn: try arn(value.required("listener"), of: "listener/"))
        }
        let groups = try targetGroups(value)
        self.init(
            point, blue: groups[.blue] ?? "", green: groups[.green] ?? "",
            place: try AWSPlace(value, project: project), frontend: RouterFrontend(value))
    }
}

extension ECSRunner {
    init(_ value: ConfigurationValue, _ slots: SlotEndpoints, project: Project) throws {
        var settings = Settings(
            cluster: value.required("cluster").string, service: value.required("service").string,
            template: value.required("task_definition").string, container: value.required("container").string,
            port: value.required("port").integer, targetGroups: try targetGroups(value),
            addresses: [.blue: slots.address(.blue), .green: slots.address(.green)])
        if let prefix = value["secret_prefix"] { settings.secretPrefix = prefix.string }
        if let type = value["launch_type"] { settings.launchType = type.string }
        settings.subnets = value["subnets"]?.strings ?? []
        settings.securityGroups = value["security_groups"]?.strings ?? []
        if let deadline = value["start_deadline"] { settings.startDeadline = deadline.duration }
        self.init(place: try AWSPlace(value, project: project), settings: settings)
    }
}

private func targetGroups(_ value: ConfigurationValue) throws -> [Slot: String] {
    let (blue, green) = (value.required("blue_target_group"), value.required("green_target_group"))
    guard blue.string != green.string else {
        throw ConfigurationError([
            green.problem("it is blue's target group", fix: "give each slot a target group of its own")
        ])
    }
    return [.blue: try arn(blue, of: "targetgroup/"), .green: try arn(green, of: "targetgroup/")]
}

/// - Parameter kind: how the resource part begins.
private func arn(_ value: ConfigurationValue, of kind: String) throws -> String {
    let parts = value.string.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "arn", parts[2] == "elasticloadbalancing", parts[5].hasPrefix(kind) else {
        throw ConfigurationError([
            value.problem(
                "`\(value.string)` is no ARN of a \(kind.dropLast())",
                fix: "write arn:aws:elasticloadbalancing:REGION:ACCOUNT:\(kind)…")
        ])
    }
    return value.string
}
