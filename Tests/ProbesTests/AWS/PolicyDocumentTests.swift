import AWSClient
import Testing

@testable import Probes

@Suite struct PolicyDocumentTests {
    private func denies(_ statement: String) throws -> Bool {
        try PolicyDocument(#"{"Version": "2012-10-17", "Statement": \#(statement)}"#, action: "s3:GetBucketPolicy")
            .deniesPlainHTTP(to: "files")
    }

    private func denial(
        principal: String = #""*""#, action: String = #""s3:*""#,
        resource: String = #"["arn:aws:s3:::files", "arn:aws:s3:::files/*"]"#,
        condition: String = #"{"Bool": {"aws:SecureTransport": "false"}}"#
    ) -> String {
        """
        {"Effect": "Deny", "Principal": \(principal), "Action": \(action), "Resource": \(resource), \
        "Condition": \(condition)}
        """
    }

    @Test func aDenialOfAllPlainHTTPCounts() throws {
        #expect(try denies(denial()))
        #expect(try denies("[\(denial())]"))
        #expect(try denies("[\(denial(principal: #"{"AWS": "*"}"#, action: #"["*"]"#, resource: #""*""#))]"))
        #expect(try denies(denial(condition: #"{"Bool": {"aws:SecureTransport": ["false"]}}"#)))
    }

    @Test func aDenialOfSomePlainHTTPDoesNot() throws {
        #expect(try !denies(denial(action: #""s3:PutObject""#)))
        #expect(try !denies(denial(principal: #"{"AWS": "arn:aws:iam::1:root"}"#)))
        #expect(try !denies(denial(resource: #""arn:aws:s3:::files/*""#)))
        #expect(try !denies(denial(resource: #"["arn:aws:s3:::profiles", "arn:aws:s3:::profiles/*"]"#)))
        #expect(try !denies(denial(condition: #"{"Bool": {"aws:SecureTransport": "true"}}"#)))
        let narrowed = #"{"Bool": {"aws:SecureTransport": "false"}, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}"#
        #expect(try !denies(denial(condition: narrowed)))
        #expect(try !denies("[]"))
    }

    @Test func principalsOfEveryFormAreFound() throws {
        let policy = try PolicyDocument(
            "%7B%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%5B%22a%22%2C"
                + "%22b%22%5D%2C%22AWS%22%3A%22c%22%7D%7D%5D%7D", action: "iam:GetRole")
        #expect(policy.statements.flatMap(\.principals).sorted() == ["a", "b", "c"])
    }

    @Test func whatIsNoPolicyIsNotJudged() {
        #expect(throws: AWSError.self) { try PolicyDocument("not a policy", action: "iam:GetRole") }
    }
}
