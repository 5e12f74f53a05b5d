import BucketClient
import Foundation
import HTTPClient
import OpsModel

/// Looks for credentials where AWS's own tools do: environment, web identity, profile, container.
struct AWSCredentialSource: Sendable {
    private let environment: [String: String]

    init(environment: [String: String]) { self.environment = environment.filter { !$0.value.isEmpty } }

    /// - Throws: `AWSError`; `.noCredentials` when there is no source at all.
    func find(with session: AWSSession) async throws -> AWSLease {
        if let lease = try fromEnvironment() { return lease }
        if let file = environment["AWS_WEB_IDENTITY_TOKEN_FILE"], let role = environment["AWS_ROLE_ARN"] {
            return try await fromWebIdentity(tokenFile: file, role: role, session)
        }
        if let credentials = try AWSProfiles(environment: environment).credentials() {
            return AWSLease(credentials: credentials, expires: nil)
        }
        if let lease = try await fromContainer(session) { return lease }
        throw AWSError.noCredentials(
            tried: "neither AWS_ACCESS_KEY_ID, AWS_WEB_IDENTITY_TOKEN_FILE, ~/.aws/credentials nor a container has any")
    }

    private func fromEnvironment() throws -> AWSLease? {
        guard let key = environment["AWS_ACCESS_KEY_ID"] else { return nil }
        guard let secret = environment["AWS_SECRET_ACCESS_KEY"] else {
            throw AWSError.credentials(
                source: "AWS_ACCESS_KEY_ID", why: "AWS_SECRET_ACCESS_KEY is not set beside it",
                fix: "eval \"$(aws configure export-credentials --format env)\"")
        }
        let token = environment["AWS_SESSION_TOKEN"].map { Secret($0) }
        return AWSLease(
            credentials: S3Credentials(accessKey: key, secretKey: Secret(secret), token: token), expires: nil)
    }

    private func fromWebIdentity(tokenFile: String, role: String, _ session: AWSSession) async throws -> AWSLease {
        let call = AWSCall.query(
            .sts, "AssumeRoleWithWebIdentity",
            [
                "RoleArn": role, "RoleSessionName": environment["AWS_ROLE_SESSION_NAME"] ?? "opsctl-probe",
                "WebIdentityToken": try Self.read(tokenFile, for: "AWS_WEB_IDENTITY_TOKEN_FILE"),
            ])
        let answer = try await session.askUnchecked(call.unsigned)
        return try Self.lease(
            answer["Credentials"] ?? .empty, token: "SessionToken", source: "AWS_WEB_IDENTITY_TOKEN_FILE")
    }

    /// ECS and EKS pod identity (AWS SDKs and Tools Reference Guide, "Container credential provider").
    private func fromContainer(_ session: AWSSession) async throws -> AWSLease? {
        let source = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
        let relative = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"].map { "http://169.254.170.2\($0)" }
        guard let url = relative ?? environment[source] else { return nil }
        guard Self.isTrusted(url) else {
            throw AWSError.credentials(
                source: source, why: "it is neither https nor an address of this machine or its container service",
                fix: "correct the variable")
        }
        var token = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
        if let file = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
            token = try Self.read(file, for: "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
        }
        let response = try await session.fetch(url, headers: token.map { [("authorization", $0)] } ?? [])
        guard response.status == 200 else {
            throw AWSError.credentials(
                source: printableURL(url), why: "it answered \(response.status)",
                fix: "check the task role, or the pod's identity association")
        }
        return try Self.lease(
            AWSDocument(json: response.body, action: source), token: "Token", source: printableURL(url))
    }

    private static func isTrusted(_ url: String) -> Bool {
        guard let parts = URLComponents(string: url), let host = parts.host else { return false }
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        let hosts = ["localhost", "127.0.0.1", "::1", "169.254.170.2", "169.254.170.23", "fd00:ec2::23"]
        return parts.scheme == "https" || parts.scheme == "http" && hosts.contains(bare)
    }

    private static func read(_ path: String, for variable: String) throws -> String {
        do {
            return try String(contentsOf: URL(filePath: path), encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
        } catch {
            throw AWSError.credentials(
                source: variable, why: "\(path) cannot be read", fix: "ls -l '\(path)'")
        }
    }

    private static func lease(_ document: AWSDocument, token: String, source: String) throws -> AWSLease {
        guard let key = document.text("AccessKeyId"), let secret = document.text("SecretAccessKey") else {
            throw AWSError.credentials(
                source: source, why: "the answer holds no access key", fix: "check what answers there")
        }
        let expires = try document.text("Expiration").map { text in
            try Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains(".")).parse(text)
        }
        return AWSLease(
            credentials: S3Credentials(
                accessKey: key, secretKey: Secret(secret), token: document.text(token).map { Secret($0) }),
            expires: expires)
    }
}
