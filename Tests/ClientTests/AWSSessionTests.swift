import Foundation
import HTTPClient
import TestSupport
import Testing

@testable import AWSClient

@Suite(.enabled(if: AWSEmulator.isThere, "\(AWSEmulator.reason)")) struct AWSSessionTests {
    @Test func anotherAccountsCredentialsAskNothing() async throws {
        try await withAWSEmulator { aws in
            let access = try aws.access(account: "210987654321")
            let session = AWSSession(access, region: aws.region, http: HTTPClient(), timeout: .seconds(30))
            await #expect(throws: AWSError.otherAccount(expected: "210987654321", found: aws.account)) {
                try await session.ask(.query(.ec2, "DescribeVpcs"))
            }
        }
    }

    @Test func aRoleIsTakenOnByAWebIdentity() async throws {
        try await withAWSEmulator { aws in
            try await withScratchDirectory { folder async throws in
                try "token".write(toFile: "\(folder)/token", atomically: true, encoding: .utf8)
                let environment = [
                    "AWS_ENDPOINT_URL": aws.endpoint, "AWS_WEB_IDENTITY_TOKEN_FILE": "\(folder)/token",
                    "AWS_ROLE_ARN": "arn:aws:iam::\(aws.account):role/probe",
                ]
                let access = AWSAccess(
                    environment: environment, endpoints: try AWSEndpoints(environment: environment),
                    account: aws.account)
                let session = AWSSession(access, region: aws.region, http: HTTPClient(), timeout: .seconds(30))
                let identity = try await session.ask(.query(.sts, "GetCallerIdentity"))
                #expect(identity.text("Arn")?.contains("assumed-role/probe") == true)
            }
        }
    }

    @Test func aListIsReadToItsLastPage() async throws {
        try await withAWSEmulator { aws in
            let session = try aws.session()
            for index in 0..<60 {
                _ = try await session.ask(
                    .json(.logs, "CreateLogGroup", ["logGroupName": .text("\(aws.name)-\(index)")]))
            }
            let groups = try await session.askAll { token in
                .json(
                    .logs, "DescribeLogGroups",
                    ["logGroupNamePrefix": .text("\(aws.name)-")].merging(
                        token.map { ["nextToken": .text($0)] } ?? [:]
                    ) { $1 })
            } next: {
                $0.text("nextToken")
            }
            #expect(groups.all("logGroups", "member").count == 60)
        }
    }
}

@Suite(.enabled(if: Requirement("python3").isMet, "python3 is not installed")) struct AWSBusyTests {
    private func session(_ endpoint: String, path: String = "", timeout: Duration) throws -> AWSSession {
        let environment = [
            "AWS_ENDPOINT_URL": endpoint + path, "AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(endpoint)/keys",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "pod", "HOME": "/nonexistent",
        ]
        let access = AWSAccess(environment: environment, endpoints: try AWSEndpoints(environment: environment))
        return AWSSession(access, region: "eu-central-1", http: HTTPClient(), timeout: timeout)
    }

    @Test func aBusyServiceIsAskedAgainWithTheContainersCredentials() async throws {
        try await AWSStub.with { endpoint in
            let answer = try await session(endpoint, timeout: .seconds(30)).ask(.query(.ec2, "DescribeVpcs"))
            #expect(answer.text("looks") == "3" && answer.text("key") == "CK")
        }
    }

    @Test func aServiceThatStaysBusyIsUnavailable() async throws {
        try await AWSStub.with { endpoint in
            await #expect(
                throws: AWSError.unavailable(action: "ec2:DescribeVpcs", status: 503, code: "Throttling")
            ) {
                try await session(endpoint, path: "/busy", timeout: .seconds(8)).ask(.query(.ec2, "DescribeVpcs"))
            }
        }
    }
}
