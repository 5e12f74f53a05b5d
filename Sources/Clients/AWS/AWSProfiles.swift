import BucketClient
import Foundation
import OpsModel

/// The files that `aws configure` writes.
struct AWSProfiles {
    private let environment: [String: String]
    private let name: String

    init(environment: [String: String]) {
        self.environment = environment
        name = environment["AWS_PROFILE"] ?? environment["AWS_DEFAULT_PROFILE"] ?? "default"
    }

    /// Keys of the chosen profile; nil when no profile was chosen and there is no default one.
    func credentials() throws -> S3Credentials? {
        let keys = try read(variable: "AWS_SHARED_CREDENTIALS_FILE", file: "credentials", section: name)
        if let key = keys?["aws_access_key_id"], let secret = keys?["aws_secret_access_key"] {
            return S3Credentials(
                accessKey: key, secretKey: Secret(secret), token: keys?["aws_session_token"].map { Secret($0) })
        }
        let section = name == "default" ? name : "profile \(name)"
        let settings = try read(variable: "AWS_CONFIG_FILE", file: "config", section: section)
        let isIndirect = ["role_arn", "sso_session", "sso_start_url", "credential_process", "login_session"].contains {
            settings?[$0] != nil || keys?[$0] != nil
        }
        let isChosen = environment["AWS_PROFILE"] != nil || environment["AWS_DEFAULT_PROFILE"] != nil
        guard isIndirect || isChosen else { return nil }
        throw AWSError.credentials(
            source: "profile \(name)",
            why: isIndirect ? "it has no keys of its own but says where they come from" : "it has no keys",
            fix: "eval \"$(aws configure export-credentials --profile \(name) --format env)\"")
    }

    /// One section of an INI file; nil without file or section.
    private func read(variable: String, file: String, section: String) throws -> [String: String]? {
        guard let path = environment[variable] ?? environment["HOME"].map({ "\($0)/.aws/\(file)" }),
            FileManager.default.fileExists(atPath: path)
        else { return nil }
        let text: String
        do {
            text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
        } catch {
            throw AWSError.credentials(source: path, why: "it cannot be read", fix: "ls -l '\(path)'")
        }
        var found: [String: String]?
        var isInside = false
        for line in text.split(whereSeparator: \.isNewline).map({ $0.trimmingCharacters(in: .whitespaces) }) {
            if line.hasPrefix("[") {
                isInside = line.dropFirst().prefix { $0 != "]" }.trimmingCharacters(in: .whitespaces) == section
                if isInside { found = found ?? [:] }
            } else if isInside, !line.hasPrefix("#"), !line.hasPrefix(";"), let equals = line.firstIndex(of: "=") {
                let key = line[..<equals].trimmingCharacters(in: .whitespaces).lowercased()
                found?[key] = line[line.index(after: equals)...].trimmingCharacters(in: .whitespaces)
            }
        }
        return found
    }
}
