import Foundation
import OpsModel
import Testing

@testable import AWSClient
@testable import HTTPClient

@Suite struct AWSAnswerTests {
    private func read(_ text: String) throws -> AWSDocument { try XMLReader.read(Array(text.utf8), action: "ec2:X") }

    private func response(_ status: Int, _ body: String, type: String? = nil) -> HTTPResponse {
        let timings = HTTPTimings(nameLookup: .zero, connect: .zero, tls: .zero, firstByte: .zero, total: .zero)
        return HTTPResponse(
            status: status, headers: type.map { [("x-amzn-errortype", $0)] } ?? [], body: Array(body.utf8),
            timings: timings, remoteAddress: "", version: "1.1")
    }

    private func error(_ call: AWSCall, _ status: Int, _ body: String, type: String? = nil) -> AWSError? {
        do {
            _ = try call.document(of: response(status, body, type: type))
            return nil
        } catch { return error }
    }

    @Test func elementsTextsAndEntitiesAreRead() throws {
        let document = try read(
            """
            <?xml version="1.0"?><!-- c --><a:R xmlns:a="x"><list><item n="1"> a&amp;b </item><item><![CDATA[<c>]]></item>\
            <item/></list><flag>TRUE</flag><n>3.5</n></a:R>
            """)
        #expect(document.name == "R")
        #expect(document.texts("list", "item") == ["a&b", "<c>", ""])
        #expect(document.flag("flag") && !document.flag("absent"))
        #expect(document.number("n") == 3.5 && document.text("absent") == nil)
        #expect(try read("<a>&#228;&#x1F600;</a>").text == "ä😀")
    }

    @Test(arguments: [
        "", "no xml", "<a>", "<a></b>", "<a>&evil;</a>", "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "<a>&#xD800;</a>",
        "<a><b></a>", "<>x</>", String(repeating: "<a>", count: 200),
    ])
    func whatIsNoDocumentIsRefused(_ text: String) {
        #expect(throws: AWSError.self) { try read(text) }
    }

    @Test func jsonIsReadIntoTheSameTree() throws {
        let document = try AWSDocument(
            json: Array(#"{"a": {"b": [{"c": true}, {"c": 7}]}, "n": null, "t": "x"}"#.utf8), action: "kms:X")
        #expect(document.texts("a", "b", "member", "c") == ["true", "7"])
        #expect(document["n"] == nil && document.text("t") == "x")
        #expect(throws: AWSError.self) { try AWSDocument(json: Array("{".utf8), action: "kms:X") }
    }

    @Test func theEnvelopeOfTheQueryProtocolIsTakenOff() throws {
        let call = AWSCall.query(.iam, "GetRole")
        let body = "<GetRoleResponse><GetRoleResult><Role><Arn>a</Arn></Role></GetRoleResult></GetRoleResponse>"
        #expect(try call.document(of: response(200, body)).text("Role", "Arn") == "a")
    }

    @Test func errorsOfEveryProtocolAreRecognised() {
        let denied = "<Code>AccessDenied</Code><Message>no</Message>"
        #expect(
            error(.query(.rds, "DescribeDBInstances"), 403, "<ErrorResponse><Error>\(denied)</Error></ErrorResponse>")
                == .denied(action: "rds:DescribeDBInstances", message: "no"))
        let ec2 = "<Response><Errors><Error><Code>InvalidVpcID.NotFound</Code></Error></Errors></Response>"
        #expect(
            error(.query(.ec2, "DescribeVpcs"), 400, ec2)
                == .absent(action: "ec2:DescribeVpcs", code: "InvalidVpcID.NotFound", message: "no message"))
        #expect(
            error(.bucket("b", "policy", permission: "GetBucketPolicy"), 403, "<Error>\(denied)</Error>")
                == .denied(action: "s3:GetBucketPolicy", message: "no"))
        #expect(
            error(.json(.kms, "DescribeKey", [:]), 400, #"{"__type": "com.amazonaws#NotFoundException"}"#)
                == .absent(action: "kms:DescribeKey", code: "NotFoundException", message: "no message"))
        #expect(
            error(.json(.ecs, "DescribeServices", [:]), 400, "{}", type: "AccessDeniedException:http://x")
                == .denied(action: "ecs:DescribeServices", message: "no message"))
    }

    @Test(arguments: [
        (503, "", true), (500, "<html>", true), (429, "<Error><Code>Any</Code></Error>", true),
        (400, "<Error><Code>ThrottlingException</Code></Error>", true),
        (400, "<Error><Code>RequestLimitExceeded</Code></Error>", true),
        (501, "<Error><Code>NotImplemented</Code></Error>", false),
        (400, "<Error><Code>Malformed</Code></Error>", false),
        (404, "not xml", false),
    ])
    func onlyWhatMayPassIsUnavailable(_ status: Int, _ body: String, _ mayPass: Bool) {
        let found = error(.query(.ec2, "DescribeVpcs"), status, body)
        #expect(found != nil)
        if case .unavailable = found { #expect(mayPass) } else { #expect(!mayPass) }
    }

    /// A page that is not there says nothing of the resource.
    @Test func a404WithoutAnErrorCodeIsNoVerdict() {
        let found = error(.rest(.cloudfront, "GET", "/x", permission: "GetDistribution"), 404, "<html></html>")
        #expect(found == .unreadable(action: "cloudfront:GetDistribution", why: "404 without an error code"))
    }

    @Test func requestsInJSONAreEscaped() throws {
        let input = AWSInput.members(["a\"": "b\\\n", "n": 3, "l": ["x", true]])
        #expect(input.json == #"{"a\"":"b\\\u000a","l":["x",true],"n":3}"#)
    }
}
