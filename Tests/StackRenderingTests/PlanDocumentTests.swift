import Foundation
@testable import StackRendering
import Testing

@Suite struct PlanDocumentTests {
    @Test func aRealFirstPlanIsRead() throws {
        let plan = try PlanDocument(json: fixture("first-plan"))
        #expect(plan.formatVersion == "1.2")
        #expect(plan.isComplete && !plan.isErrored)
        #expect(
            plan.resourceChanges.contains {
                $0.address == "module.files.aws_s3_bucket.this" && $0.module == "module.files"
            })
        #expect(plan.resourceChanges.contains { $0.isData && $0.change.action == .read })
        #expect(plan.checks.map(\.status) == ["unknown"])
        #expect(plan.outputChanges.map(\.name) == ["bucket", "secret"])
    }

    @Test(arguments: ["2.0", "0.2", "x"])
    func anUnknownFormatIsRefusedByName(_ version: String) throws {
        let json = Data(#"{"format_version":"\#(version)"}"#.utf8)
        #expect(throws: PlanDocumentError.version(version)) { try PlanDocument(json: json) }
    }

    @Test(arguments: ["", "[]", "{", "{}", #"{"format_version":1}"#, #"{"format_version":"1.2"} x"#])
    func whatIsNoPlanIsRefused(_ text: String) {
        #expect(throws: PlanDocumentError.self) { try PlanDocument(json: Data(text.utf8)) }
    }

    @Test func unknownActionsAreRefused() throws {
        let sample = PlanSample().with("a_b.c", ["delete", "update"], after: [:])
        #expect(throws: PlanDocumentError.self) { try sample.plan }
    }

    @Test func aPlanThatSaysNothingAboutItsEndIsJudgedByItsErrors() throws {
        var sample = PlanSample()
        sample.document["complete"] = nil
        #expect(try sample.plan.isComplete)
        sample.document["errored"] = true
        #expect(try sample.plan.isErrored)
        #expect(try !sample.plan.isComplete)
    }

    @Test(arguments: [
        #"{"a":[1,2.50,-3e10,true,null,"é\n\"\\"]}"#, #"{"long":12345678901234567890.000000000000000001}"#, "[]",
        "\"\u{1F600}\"",
    ])
    func valuesKeepEveryDigitAndCharacter(_ json: String) throws {
        #expect(try PlanValueReader.read(json.utf8).json == json)
    }

    @Test(arguments: [
        "01", "1.", ".5", "+1", "tru", "\"", "\"\\x\"", "\"\\ud800\"", "\"\t\"", "[1,]", "{\"a\":1,\"a\":2}", "{a:1}",
        "1 2",
        String(repeating: "[", count: 400),
    ])
    func whatIsNotJSONIsRefused(_ text: String) {
        #expect(throws: PlanValueReader.Fault.self) { try PlanValueReader.read(text.utf8) }
    }

    @Test func escapesAreRead() throws {
        #expect(try PlanValueReader.read(#""\u00e9\ud83d\ude00\/\u0007""#.utf8) == .string("é😀/\u{07}"))
    }

    @Test func aDiagnosticNeverQuotesTheDocument() throws {
        let json = Data(#"{"format_version":"1.2","variables":{"made-up-secret":1,"made-up-secret":2}}"#.utf8)
        let error = #expect(throws: PlanDocumentError.self) { try PlanDocument(json: json) }
        #expect(error.map { "\($0.diagnostic)" }?.contains("made-up-secret") == false)
    }
}
