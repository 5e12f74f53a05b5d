import AWSClient

/// A distribution of CloudFront.
package enum Distribution: AWSKind {
    package static let kind = "aws.cloudfront_distribution"
    package static let locators = ["distribution"]
    package static let questions: [AWSQuestion] = [
        AWSQuestion(needs: "cloudfront:GetDistribution", settings: edge + access) {
            try await $0.one(
                .rest(.cloudfront, "GET", "/2020-05-31/distribution/\($0.id)", permission: "GetDistribution"),
                at: "DistributionConfig")
        }
    ]

    private static let edge: [AWSSetting] = [
        .flag(
            "enabled", true, "Is it on?", why: "downloads would be dead", flaw: "somebody switched it off",
            fix: "aws cloudfront get-distribution --id {id}"
        ) { $0.flag("Enabled") },
        .text(
            "minimum_tls", "TLSv1.2_2021", "Are only safe versions of TLS accepted?",
            why: "an old version can be broken", flaw: ("TLS 1.0 is accepted", "TLSv1")
        ) { $0.text("ViewerCertificate", "MinimumProtocolVersion") },
        .flag(
            "https_only", true, "Is nothing served over plain HTTP?", why: "files and links could be read on the way",
            flaw: "a behaviour serves plain HTTP"
        ) { distribution in
            behaviours(distribution).allSatisfy {
                ["https-only", "redirect-to-https"].contains($0.text("ViewerProtocolPolicy"))
            }
        },
        .text(
            "web_acl", "arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/1", "Does the firewall stand before it?",
            why: "floods would be paid for, and reach the bucket", flaw: ("the firewall was taken away", ""),
            expectsNull: true
        ) { $0.text("WebACLId") },
    ]

    private static let access: [AWSSetting] = [
        .flag(
            "origin_access_control", true, "Does it sign what it asks of the bucket?",
            why: "the bucket would have to be public", flaw: "an origin is asked without a signature"
        ) { distribution in
            distribution.all("Origins", "Items", "Origin").allSatisfy { $0.text("OriginAccessControlId") != nil }
        },
        .list(
            "key_groups", ["4a1f"], "Is only served what one of our keys has signed?",
            why: "files would be public, or given to whoever holds another key",
            flaw: ("a behaviour serves without a signature", ["4a1f", "anybody"]),
            fix: "aws cloudfront get-distribution-config --id {id}"
        ) { distribution in
            behaviours(distribution).flatMap { behaviour in
                let groups = behaviour.texts("TrustedKeyGroups", "Items", "KeyGroup")
                return behaviour.flag("TrustedKeyGroups", "Enabled") && !groups.isEmpty ? groups : ["anybody"]
            }
        },
    ]

    private static func behaviours(_ distribution: AWSDocument) -> [AWSDocument] {
        distribution.all("DefaultCacheBehavior") + distribution.all("CacheBehaviors", "Items", "CacheBehavior")
    }
}
