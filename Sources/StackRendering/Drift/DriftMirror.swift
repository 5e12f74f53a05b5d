/// An attribute that repeats what resources of their own manage. Right after an apply it lags behind them; what none
/// of them accounts for came from elsewhere.
struct DriftMirror: Sendable {
    let type: String
    let attribute: String
    /// Nobody sets it: it follows from what others refer to, or from time.
    var isComputed = false
    /// Types that account for all of the attribute, with the argument that names its resource.
    var whole: [(type: String, argument: String)] = []
    /// A type of which each resource accounts for some elements.
    var each: (type: String, argument: String)?
    var accounts: @Sendable (PlanValue, PolicyResource) -> Bool = { _, _ in false }

    static func covering(_ type: String, _ attribute: String) -> DriftMirror? {
        all.first { $0.type == type && $0.attribute == attribute }
    }

    private static let all: [DriftMirror] =
        [
            "policy": "aws_s3_bucket_policy", "versioning": "aws_s3_bucket_versioning",
            "logging": "aws_s3_bucket_logging",
            "lifecycle_rule": "aws_s3_bucket_lifecycle_configuration", "cors_rule": "aws_s3_bucket_cors_configuration",
            "server_side_encryption_configuration": "aws_s3_bucket_server_side_encryption_configuration",
            "replication_configuration": "aws_s3_bucket_replication_configuration",
            "object_lock_configuration": "aws_s3_bucket_object_lock_configuration", "grant": "aws_s3_bucket_acl",
        ].map { attribute, type in
            DriftMirror(type: "aws_s3_bucket", attribute: attribute, whole: [(type, "bucket")])
        } + [
            DriftMirror(
                type: "aws_iam_role", attribute: "inline_policy",
                whole: [("aws_iam_role_policies_exclusive", "role_name")], each: ("aws_iam_role_policy", "role"),
                accounts: { element, policy in element["name"] == policy.values.known("name").value }),
            DriftMirror(
                type: "aws_iam_role", attribute: "managed_policy_arns",
                whole: [("aws_iam_role_policy_attachments_exclusive", "role_name")],
                each: ("aws_iam_role_policy_attachment", "role"),
                accounts: { element, attachment in element == attachment.values.known("policy_arn").value }),
            DriftMirror(
                type: "aws_security_group", attribute: "ingress",
                each: ("aws_vpc_security_group_ingress_rule", "security_group_id"), accounts: isSameRule),
            DriftMirror(
                type: "aws_security_group", attribute: "egress",
                each: ("aws_vpc_security_group_egress_rule", "security_group_id"), accounts: isSameRule),
            DriftMirror(type: "aws_lb_target_group", attribute: "load_balancer_arns", isComputed: true),
            DriftMirror(type: "aws_iam_policy", attribute: "attachment_count", isComputed: true),
            DriftMirror(type: "aws_db_instance", attribute: "latest_restorable_time", isComputed: true),
            DriftMirror(type: "aws_db_instance", attribute: "status", isComputed: true),
            DriftMirror(type: "aws_acm_certificate", attribute: "not_before", isComputed: true),
            DriftMirror(type: "aws_acm_certificate", attribute: "not_after", isComputed: true),
            DriftMirror(type: "aws_acm_certificate", attribute: "pending_renewal", isComputed: true),
            DriftMirror(type: "aws_acm_certificate", attribute: "renewal_eligibility", isComputed: true),
            DriftMirror(type: "aws_acm_certificate", attribute: "renewal_summary", isComputed: true),
            DriftMirror(type: "aws_wafv2_web_acl", attribute: "lock_token", isComputed: true),
        ]

    /// A rule of one source in the form of a group against one that stands apart.
    private static let isSameRule: @Sendable (PlanValue, PolicyResource) -> Bool = { element, rule in
        let sources = ["cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "security_groups"].flatMap {
            element[$0]?.strings ?? []
        }
        let own = ["cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"].compactMap {
            rule.values.known($0).string
        }
        let ports = ["from_port", "to_port"].allSatisfy { name in
            (element[name]?.integer ?? 0) == (rule.values.known(name).value?.integer ?? 0)
        }
        return ports && sources == own && element["protocol"] == rule.values.known("ip_protocol").value
    }
}

extension DriftMirror {
    /// Whether managed resources account for the difference between state and account.
    func accounts(
        for difference: AttributeDifference, in resource: PlanResourceChange, among resources: [PolicyResource]
    ) -> Bool {
        let names = ["id", "name", "bucket", "arn"].compactMap { resource.change.after[$0]?.string }
        func belonging(_ kind: (type: String, argument: String)) -> [PolicyResource] {
            resources.filter {
                $0.type == kind.type && $0.values.known(kind.argument).string.map(names.contains) ?? false
            }
        }
        if isComputed || whole.contains(where: { !belonging($0).isEmpty }) { return true }
        guard let each else { return false }
        let managers = belonging(each)
        // A difference is one element, or two lists when one of them was not there.
        let elements = { (value: PlanValue) in value.elements ?? (value.isNull ? [] : [value]) }
        let (before, after) = (elements(difference.before), elements(difference.after))
        let changed = before.filter { !after.contains($0) } + after.filter { !before.contains($0) }
        return !changed.isEmpty && changed.allSatisfy { element in managers.contains { accounts(element, $0) } }
    }
}
