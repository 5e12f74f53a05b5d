import BucketClient
import Foundation
import HTTPClient
import OpsModel
import TestSupport
import Testing

@testable import AWSClient

@Suite struct AWSAccessTests {
    private func credentials(_ environment: [String: String]) async throws -> S3Credentials {
        let endpoints = try AWSEndpoints(environment: environment)
        let access = AWSAccess(environment: environment, endpoints: endpoints)
        return try await access.credentials(
            with: AWSSession(access, region: "eu-central-1", http: HTTPClient(), timeout: .seconds(5)))
    }

    private func files(_ folder: String, credentials: String? = nil, config: String? = nil) throws -> [String: String] {
        try FileManager.default.createDirectory(atPath: "\(folder)/.aws", withIntermediateDirectories: true)
        for (name, text) in [("credentials", credentials), ("config", config)] {
            try text?.write(toFile: "\(folder)/.aws/\(name)", atomically: true, encoding: .utf8)
        }
        return ["HOME": folder]
    }

    @Test func theEnvironmentComesFirst() async throws {
        let found = try await credentials([
            "AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "SK", "AWS_SESSION_TOKEN": "ST", "AWS_PROFILE": "x",
        ])
        #expect(found.accessKey == "AK" && found.secretKey.reveal() == "SK" && found.token?.reveal() == "ST")
    }

    @Test func aKeyWithoutItsSecretIsAnErrorAndNotAnotherSource() async {
        await #expect(throws: AWSError.self) { _ = try await credentials(["AWS_ACCESS_KEY_ID": "AK"]) }
    }

    @Test func aProfileIsReadFromItsSection() async throws {
        try await withScratchDirectory { folder async throws in
            let text = """
                [default]
                aws_access_key_id = D
                aws_secret_access_key = d
                # a remark
                [ops]
                aws_access_key_id=O
                aws_secret_access_key = o=/+
                aws_session_token = t
                """
            var environment = try files(folder, credentials: text)
            #expect(try await credentials(environment).accessKey == "D")
            environment["AWS_PROFILE"] = "ops"
            let found = try await credentials(environment)
            #expect(found.accessKey == "O" && found.secretKey.reveal() == "o=/+" && found.token?.reveal() == "t")
        }
    }

    @Test func aProfileWithoutKeysOfItsOwnSaysHowToGetThem() async throws {
        try await withScratchDirectory { folder async throws in
            var environment = try files(folder, config: "[profile sso]\nsso_session = corp\n")
            environment["AWS_PROFILE"] = "sso"
            do {
                _ = try await credentials(environment)
                Issue.record("a profile without keys gave some")
            } catch let error as AWSError {
                #expect(
                    error.diagnostic.fix
                        == "eval \"$(aws configure export-credentials --profile sso --format env)\"")
            }
        }
    }

    @Test func withoutAnySourceThereIsNothingToSignWith() async throws {
        try await withScratchDirectory { folder async throws in
            do {
                _ = try await credentials(["HOME": folder])
                Issue.record("there were credentials")
            } catch AWSError.noCredentials {}
        }
    }

    @Test func credentialsForAContainerGoOnlyToItsService() async {
        for url in ["http://attacker.example/", "http://10.0.0.1/", "ftp://127.0.0.1/"] {
            await #expect(throws: AWSError.self) {
                _ = try await credentials(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url, "HOME": "/nonexistent"])
            }
        }
    }

    @Test(arguments: [
        (AWSService.ec2, "eu-central-1", "https://ec2.eu-central-1.amazonaws.com", "eu-central-1"),
        (.iam, "eu-central-1", "https://iam.amazonaws.com", "us-east-1"),
        (.cloudfront, "eu-central-1", "https://cloudfront.amazonaws.com", "us-east-1"),
        (.ecr, "eu-west-1", "https://api.ecr.eu-west-1.amazonaws.com", "eu-west-1"),
        (.cloudwatch, "eu-west-1", "https://monitoring.eu-west-1.amazonaws.com", "eu-west-1"),
        (.rds, "cn-north-1", "https://rds.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        (.iam, "cn-northwest-1", "https://iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        (.iam, "us-gov-east-1", "https://iam.us-gov.amazonaws.com", "us-gov-west-1"),
    ])
    func servicesAreFoundInTheirPartition(
        _ service: AWSService, _ region: String, _ url: String, _ signing: String
    ) throws {
        let endpoint = try AWSEndpoints(environment: [:]).endpoint(of: service, region: region)
        #expect(endpoint == .init(url: url, region: signing))
    }

    @Test func theNearestVariableNamesTheEndpoint() throws {
        let environment = ["AWS_ENDPOINT_URL": "http://127.0.0.1:1/", "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:2"]
        let endpoints = try AWSEndpoints(environment: environment, fallback: "http://127.0.0.1:3")
        #expect(endpoints.endpoint(of: .s3, region: "eu-central-1").url == "http://127.0.0.1:2")
        #expect(endpoints.endpoint(of: .ec2, region: "eu-central-1").url == "http://127.0.0.1:1")
        let fallen = try AWSEndpoints(environment: [:], fallback: "http://127.0.0.1:3")
        #expect(fallen.endpoint(of: .iam, region: "eu-central-1").url == "http://127.0.0.1:3")
        #expect(throws: AWSError.self) { try AWSEndpoints(environment: ["AWS_ENDPOINT_URL": "moto"]) }
    }
}
