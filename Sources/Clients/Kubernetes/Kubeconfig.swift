import Foundation
import OpsModel
import Yams

/// Reads a kubeconfig file (Kubernetes reference, "Config v1"): one context with its cluster and its user.
struct Kubeconfig: Decodable {
    private struct Named<Value: Decodable>: Decodable {
        let name: String
        let value: Value

        private struct Key: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init?(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            let keys = container.allKeys
            guard let nameKey = keys.first(where: { $0.stringValue == "name" }),
                let valueKey = keys.first(where: { ["cluster", "context", "user"].contains($0.stringValue) })
            else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: decoder.codingPath, debugDescription: "an entry without name or content"))
            }
            name = try container.decode(String.self, forKey: nameKey)
            value = try container.decode(Value.self, forKey: valueKey)
        }
    }

    struct Context: Decodable {
        let cluster: String
        let user: String
        let namespace: String?
    }

    struct Cluster: Decodable {
        let server: String
        let authorityFile: String?
        let authorityData: String?
        let isUnverified: Bool?
        let serverName: String?
        let proxy: String?

        private enum CodingKeys: String, CodingKey {
            case server
            case authorityFile = "certificate-authority"
            case authorityData = "certificate-authority-data"
            case isUnverified = "insecure-skip-tls-verify"
            case serverName = "tls-server-name"
            case proxy = "proxy-url"
        }
    }

    struct User: Decodable {
        let token: Secret?
        let tokenFile: String?
        let certificateFile: String?
        let certificateData: String?
        let keyFile: String?
        let keyData: Secret?
        let username: String?
        private let exec: Exec?
        private let provider: Exec?

        private struct Exec: Decodable {
            let command: String?
            let name: String?
        }

        private enum CodingKeys: String, CodingKey {
            case token, tokenFile, username, exec
            case certificateFile = "client-certificate"
            case certificateData = "client-certificate-data"
            case keyFile = "client-key"
            case keyData = "client-key-data"
            case provider = "auth-provider"
        }

        /// The program that would have to be run for credentials.
        var plugin: String? { exec.map { $0.command ?? "exec" } ?? provider.map { $0.name ?? "auth-provider" } }
    }

    private let currentContext: String?
    private let contexts: [Named<Context>]?
    private let clusters: [Named<Cluster>]?
    private let users: [Named<User>]?

    private enum CodingKeys: String, CodingKey {
        case contexts, clusters, users
        case currentContext = "current-context"
    }

    /// - Throws: `KubernetesError.configuration`; the text is not repeated, since it holds secrets.
    static func read(_ path: String) throws(KubernetesError) -> Kubeconfig {
        let text: String
        do {
            text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
        } catch {
            throw .configuration(place: path, why: "it cannot be read", fix: "ls -l '\(path)'")
        }
        do {
            return try YAMLDecoder().decode(Kubeconfig.self, from: text)
        } catch {
            throw .configuration(
                place: path, why: "it is no kubeconfig", fix: "KUBECONFIG='\(path)' kubectl config view")
        }
    }

    func context(named name: String?, path: String) throws(KubernetesError) -> (Context, Cluster, User) {
        guard let wanted = name ?? currentContext, !wanted.isEmpty else {
            throw .configuration(place: path, why: "it has no current context", fix: "name a context")
        }
        guard let context = contexts?.first(where: { $0.name == wanted })?.value else {
            let known = (contexts ?? []).map(\.name).joined(separator: ", ")
            throw .configuration(
                place: path, why: "there is no context `\(wanted)`",
                fix: known.isEmpty ? "add it" : "contexts: \(known)")
        }
        guard let cluster = clusters?.first(where: { $0.name == context.cluster })?.value else {
            throw .configuration(place: path, why: "there is no cluster `\(context.cluster)`", fix: "add it")
        }
        guard let user = users?.first(where: { $0.name == context.user })?.value else {
            throw .configuration(place: path, why: "there is no user `\(context.user)`", fix: "add it")
        }
        return (context, cluster, user)
    }
}
