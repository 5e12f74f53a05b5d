import Foundation
import OpsModel
import StackRendering
import Testing

struct LossTests {
    private static let destroyFirst = ["delete", "create"]
    private static let createFirst = ["create", "delete"]

    private func item(_ address: String, _ actions: [String]) throws -> PlanSummary.Item {
        let sample = PlanSample().with(address, actions, before: ["x": 1], after: ["x": 2])
        return try #require(PlanSummary(try sample.plan, layer: "app").items.first)
    }

    @Test(arguments: [["delete"], ["forget"], destroyFirst, ["create", "forget"]])
    func whatGoesWithoutASuccessorIsALoss(_ actions: [String]) throws {
        #expect(try item("aws_lb.this", actions).isLoss)
    }

    @Test(arguments: [["create"], ["update"], ["read"], createFirst])
    func whatStaysOrIsReplacedByWhatIsThereAlreadyIsNone(_ actions: [String]) throws {
        #expect(try !item("aws_lb.this", actions).isLoss)
    }

    @Test(arguments: [
        "aws_ecs_task_definition.this", "aws_secretsmanager_secret_version.this[\"a\"]",
        "aws_acm_certificate_validation.this", "aws_cloudfront_public_key.this", "aws_route53_record.validation[\"a\"]",
    ])
    func aRevisionIsNoLossInEitherOrder(_ address: String) throws {
        #expect(try !item(address, Self.destroyFirst).isLoss)
        #expect(try !item("module.a.\(address)", Self.createFirst).isLoss)
        #expect(try item(address, ["delete"]).isLoss)
    }

    @Test(arguments: [
        "aws_route53_record.service", "module.service.aws_route53_record.alias[\"a\"]",
        "module.aws_ecs_task_definition.aws_lb.this", "aws_acm_certificate.this",
    ])
    func theServicesOwnRecordAndNamesThatLookLikeRevisionsAreLosses(_ address: String) throws {
        #expect(try item(address, Self.destroyFirst).isLoss)
    }

    @Test(arguments: ["aws_db_instance.this", "aws_s3_bucket.this"])
    func aStoreIsEmptyAlsoWhenTheNewOneComesFirst(_ address: String) throws {
        #expect(try item(address, Self.createFirst).isLoss)
    }

    @Test func anItemKeepsItsTypeAndOrderInABundle() throws {
        let found = try item("module.a.aws_lb.this", Self.createFirst)
        #expect((found.type, found.name, found.isCreatedFirst) == ("aws_lb", "this", true))
        let bytes = try canonicalJSON(found)
        #expect(String(decoding: bytes, as: UTF8.self).contains(#""type":"aws_lb""#))
        #expect(try decodeCanonicalJSON(PlanSummary.Item.self, from: bytes) == found)
    }
}
