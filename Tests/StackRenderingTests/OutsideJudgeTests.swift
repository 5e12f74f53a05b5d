import Foundation
import Testing

@testable import StackRendering

struct OutsideJudgeTests {
    @Test func aBrokenRuleOfCheckovIsAFinding() throws {
        let json = """
            {"check_type": "terraform_plan", "results": {"failed_checks": [
              {"check_id": "CKV_AWS_1", "check_name": "no", "resource": "aws_x.y"}]}}
            """
        for text in [json, "[\(json)]"] {
            let found = try OutsideJudge.checkov.findings(Data(text.utf8), layer: "data")
            #expect(
                found == [.init(engine: "checkov", layer: "data", rule: "CKV_AWS_1", address: "aws_x.y", what: "no")])
        }
    }

    @Test func checkovThatLookedAtNothingSaysSo() throws {
        let text = #"{"passed": 0, "failed": 0, "resource_count": 0}"#
        #expect(try OutsideJudge.checkov.findings(Data(text.utf8), layer: "data") == [])
        #expect(throws: (any Error).self) { try OutsideJudge.checkov.findings(Data("{}".utf8), layer: "data") }
        #expect(throws: (any Error).self) { try OutsideJudge.checkov.findings(Data("Traceback".utf8), layer: "data") }
    }

    @Test func aBrokenRuleOfConftestIsAFinding() throws {
        let text =
            #"[{"filename": "p", "namespace": "main", "successes": 1, "failures": [{"msg": "no"}]}, {"filename": "q"}]"#
        let found = try OutsideJudge.conftest(policies: "p").findings(Data(text.utf8), layer: "app")
        #expect(found == [.init(engine: "conftest", layer: "app", rule: "main", address: "", what: "no")])
    }
}
