import Disk
import Foundation
package import OpsModel

/// Where an API server is and how to be known there.
package struct KubernetesAccess: Sendable {
    enum Identity: Sendable {
        case token(Secret)
        /// Read anew for each request: the tokens of service accounts rotate.
        case tokenFile(path: String)
        case certificate(file: String, keyFile: String)
        /// A proxy on this machine that knows who we are, such as `kubectl proxy`.
        case none
    }

    package let server: String
    /// The namespace of the context, or of the service account.
    package let namespace: String?
    let authorityFile: String?
    let identity: Identity
    /// Keeps the files of this value on disk.
    private let files: ScratchFiles?

    init(
        server: String, namespace: String?, authorityFile: String?, identity: Identity, files: ScratchFiles?,
        place: String
    ) throws(KubernetesError) {
        guard let parts = URLComponents(string: server), let host = parts.host, !host.isEmpty, parts.query == nil,
            parts.user == nil
        else { throw .configuration(place: place, why: "the server is no URL", fix: "correct it") }
        let isLocal = ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host)
        guard parts.scheme == "https" || parts.scheme == "http" && isLocal else {
            throw .configuration(
                place: place, why: "\(parts.scheme ?? "no scheme") would show the credentials to the network",
                fix: "use https; http is for this machine only")
        }
        self.server = server.hasSuffix("/") ? String(server.dropLast()) : server
        (self.namespace, self.authorityFile, self.identity, self.files) = (namespace, authorityFile, identity, files)
    }

    /// The service account of the pod that this runs in (Kubernetes documentation, "Accessing the Kubernetes API from a Pod").
    /// - Parameter folder: where the cluster mounts token, authority and namespace.
    package static func inCluster(
        environment: [String: String], folder: String = "/var/run/secrets/kubernetes.io/serviceaccount"
    ) throws -> KubernetesAccess {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], let port = environment["KUBERNETES_SERVICE_PORT"]
        else {
            throw KubernetesError.configuration(
                place: "KUBERNETES_SERVICE_HOST", why: "it is not set: this does not run in a pod",
                fix: "name a kubeconfig")
        }
        let address = host.contains(":") ? "[\(host)]" : host
        let token = "\(folder)/token"
        _ = try readSecret(token)
        let namespace = try readSecret("\(folder)/namespace").reveal()  // no secret, but read alike
        return try KubernetesAccess(
            server: "https://\(address):\(port)", namespace: namespace, authorityFile: "\(folder)/ca.crt",
            identity: .tokenFile(path: token), files: nil, place: "KUBERNETES_SERVICE_HOST")
    }

    /// What stands in a file, without the white space around it. - Throws: `KubernetesError.configuration`.
    static func readSecret(_ path: String) throws(KubernetesError) -> Secret {
        let text: String
        do {
            text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
        } catch {
            throw .configuration(place: path, why: "it cannot be read", fix: "ls -l '\(path)'")
        }
        guard !text.isEmpty, !text.contains(where: \.isNewline) else {
            throw .configuration(place: path, why: "it holds no single word", fix: "write it anew")
        }
        return Secret(text)
    }
}

/// Files that libcurl has to find on disk; nobody else may read them, and they go with this object.
final class ScratchFiles: Sendable {
    private let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "opsctl-kubernetes-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    func write(_ bytes: Data, _ name: String) throws -> String {
        let path = "\(folder)/\(name)"
        try DurableFile.write(bytes, to: path, mode: 0o600, isFlushed: false)
        return path
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: folder) } catch {
            // Nobody is left to tell; the folder is ours alone, and the system clears its place at the next start.
        }
    }
}
