/// An AWS service, with what its requests need to be addressed and signed.
package enum AWSService: String, Codable, Sendable, CaseIterable {
    case cloudfront, cloudwatch, ec2, ecr, ecs, elasticache, iam, kms, logs, rds, s3, secretsmanager, sns, sts, wafv2
    case loadBalancing = "elasticloadbalancing"

    /// The first half of its actions in policies: `ec2:DescribeVpcs`.
    package var permissionPrefix: String { rawValue }

    /// The name in the credential scope of a signature.
    var signingName: String { self == .cloudwatch ? "monitoring" : rawValue }

    /// The first label of its hosts.
    var hostLabel: String {
        switch self {
        case .cloudwatch: "monitoring"
        case .ecr: "api.ecr"
        default: rawValue
        }
    }

    /// One endpoint for all regions of a partition.
    var isGlobal: Bool { self == .iam || self == .cloudfront }

    /// What follows `AWS_ENDPOINT_URL_` (AWS SDKs and Tools Reference Guide, "Service-specific endpoints").
    var variableSuffix: String {
        switch self {
        case .logs: "CLOUDWATCH_LOGS"
        case .secretsmanager: "SECRETS_MANAGER"
        case .loadBalancing: "ELASTIC_LOAD_BALANCING_V2"
        default: rawValue.uppercased()
        }
    }

    /// Version of the query protocol's actions; nil for the services that do not speak it.
    var queryVersion: String? {
        switch self {
        case .ec2: "2016-11-15"
        case .rds: "2014-10-31"
        case .elasticache: "2015-02-02"
        case .iam: "2010-05-08"
        case .sts: "2011-06-15"
        case .sns: "2010-03-31"
        case .loadBalancing: "2015-12-01"
        case .cloudwatch: "2010-08-01"
        case .cloudfront, .ecr, .ecs, .kms, .logs, .s3, .secretsmanager, .wafv2: nil
        }
    }

    /// What stands before the action in `X-Amz-Target`; nil for the services that do not speak JSON.
    var jsonTarget: String? {
        switch self {
        case .ecr: "AmazonEC2ContainerRegistry_V20150921"
        case .ecs: "AmazonEC2ContainerServiceV20141113"
        case .kms: "TrentService"
        case .logs: "Logs_20140328"
        case .secretsmanager: "secretsmanager"
        case .wafv2: "AWSWAF_20190729"
        case .cloudfront, .cloudwatch, .ec2, .elasticache, .iam, .loadBalancing, .rds, .s3, .sns, .sts: nil
        }
    }
}
