import AWSClient
import OpsModel
import TestSupport
import Testing

@testable import Probes

@Suite(.enabled(if: AWSEmulator.isThere, "\(AWSEmulator.reason)")) struct AWSEdgeTests {
    private let promised: [String: AWSValue] = [
        "enabled": true, "minimum_tls": "TLSv1.2_2021", "https_only": true, "web_acl": "arn:aws:wafv2:x",
        "origin_access_control": true, "key_groups": ["group-1"],
    ]

    private static let keys = """
        <TrustedKeyGroups><Enabled>true</Enabled><Quantity>1</Quantity><Items><KeyGroup>group-1</KeyGroup></Items>\
        </TrustedKeyGroups>
        """

    private static func behaviour(_ name: String, _ more: String) -> String {
        """
        <\(name)><TargetOriginId>files</TargetOriginId><ViewerProtocolPolicy>https-only</ViewerProtocolPolicy>\
        <CachePolicyId>658327ea-f89d-4fab-a63d-7e88639e58f6</CachePolicyId>\(more)</\(name)>
        """
    }

    private func distribution(_ name: String, _ behaviours: String) -> String {
        """
        <DistributionConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">\
        <CallerReference>\(name)</CallerReference><Origins><Quantity>1</Quantity><Items><Origin><Id>files</Id>\
        <DomainName>\(name).s3.eu-central-1.amazonaws.com</DomainName><OriginAccessControlId>E1</OriginAccessControlId>\
        <S3OriginConfig><OriginAccessIdentity></OriginAccessIdentity></S3OriginConfig></Origin></Items></Origins>\
        \(behaviours)<Comment></Comment><Enabled>true</Enabled><WebACLId>arn:aws:wafv2:x</WebACLId>\
        <ViewerCertificate><MinimumProtocolVersion>TLSv1.2_2021</MinimumProtocolVersion></ViewerCertificate>\
        </DistributionConfig>
        """
    }

    @Test(arguments: [
        (behaviour("DefaultCacheBehavior", keys), []),
        (behaviour("DefaultCacheBehavior", ""), ["key_groups fail"]),
        (
            behaviour("DefaultCacheBehavior", keys)
                + "<CacheBehaviors><Quantity>1</Quantity><Items>"
                + behaviour("CacheBehavior", "<PathPattern>open/*</PathPattern>")
                .replacing("https-only", with: "allow-all") + "</Items></CacheBehaviors>",
            ["https_only fail", "key_groups fail"]
        ),
    ])
    func aBehaviourThatServesWithoutASignatureFails(_ behaviours: String, _ troubles: [String]) async throws {
        try await withAWSEmulator { aws in
            let lab = try AWSLab(aws)
            var call = AWSCall.rest(.cloudfront, "POST", "/2020-05-31/distribution", permission: "CreateDistribution")
            call.body = Array(distribution(lab.name, behaviours).utf8)
            let made = try await lab.session.ask(call)
            let id = try #require(made.text("Id"))
            #expect(try await lab.look(Distribution.self, id, promised).troubles == troubles)
        }
    }

    @Test func aDistributionThatIsGoneDoesNotExist() async throws {
        try await withAWSEmulator { aws in
            let results = try await AWSLab(aws).look(Distribution.self, "E0000000000000", ["enabled": true])
            #expect(results.troubles == ["enabled blocked", "exists fail"])
        }
    }
}
