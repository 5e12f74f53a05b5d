import AWSClient
import OpsModel

extension ELBv2Router {
    func group(_ slot: Slot) -> String {
        guard let group = groups[slot] else { preconditionFailure("both slots have a target group") }
        return group
    }

    func read(_ session: AWSSession) async throws -> ELBv2Reading {
        let actions: [AWSDocument]
        switch point {
        case .rule(let arn):
            let answer = try await session.ask(.query(.loadBalancing, "DescribeRules", ["RuleArns.member.1": arn]))
            actions = answer.all("Rules", "member", "Actions", "member")
        case .listener(let arn):
            let answer = try await session.ask(
                .query(.loadBalancing, "DescribeListeners", ["ListenerArns.member.1": arn]))
            actions = answer.all("Listeners", "member", "DefaultActions", "member")
        }
        return try ELBv2Reading(actions: actions, tags: try await tags(session), groups: groups)
    }

    func tags(_ session: AWSSession) async throws -> [String: String] {
        let answer = try await session.ask(
            .query(.loadBalancing, "DescribeTags", ["ResourceArns.member.1": point.arn]))
        let pairs = answer.all("TagDescriptions", "member", "Tags", "member").map {
            ($0.text("Key") ?? "", $0.text("Value") ?? "")
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    func tag(_ tags: [String: String], _ session: AWSSession) async throws {
        var parameters = ["ResourceArns.member.1": point.arn]
        for (index, tag) in tags.sorted(by: { $0.key < $1.key }).enumerated() {
            parameters["Tags.member.\(index + 1).Key"] = tag.key
            parameters["Tags.member.\(index + 1).Value"] = tag.value
        }
        _ = try await session.ask(.query(.loadBalancing, "AddTags", parameters))
    }

    func modification(_ weights: ELBv2Weights, live: Slot) -> AWSCall {
        let (action, name, list) =
            switch point {
            case .rule: ("ModifyRule", "RuleArn", "Actions")
            case .listener: ("ModifyListener", "ListenerArn", "DefaultActions")
            }
        let forward = "\(list).member.1.ForwardConfig"
        var parameters = [
            name: point.arn, "\(list).member.1.Type": "forward",
            "\(forward).TargetGroupStickinessConfig.Enabled": "false",
        ]
        for (index, slot) in Slot.allCases.enumerated() {
            let tuple = "\(forward).TargetGroups.member.\(index + 1)"
            parameters["\(tuple).TargetGroupArn"] = group(slot)
            parameters["\(tuple).Weight"] = String(slot == live ? weights.live : weights.other)
        }
        return .query(.loadBalancing, action, parameters)
    }
}

extension AWSError {
    /// Whether AWS has said no, so that nothing was changed; otherwise it may have been.
    var isFinal: Bool {
        switch self {
        case .denied, .absent, .refused, .unauthenticated, .otherAccount, .noCredentials, .credentials, .configuration:
            true
        case .unavailable, .unreadable: false
        }
    }
}
