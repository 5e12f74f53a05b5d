import Foundation
import HTTPClient
@testable import KubernetesClient
import OpsModel
import ProcessClient
import TestSupport
import Testing

/// Kubeconfig files and service accounts; TLS is real.
struct KubernetesAccessTests {
    private func refusal(_ user: String, cluster: String = "", server: String = "https://10.0.0.1:6443") throws
        -> String
    {
        try withScratchDirectory { folder in
            let api = KubernetesAPI(address: server, token: Secret("t"), folder: folder)
            do {
                _ = try KubernetesAccess.kubeconfig(path: try api.kubeconfig(user: user, cluster: cluster))
                return ""
            } catch let error as KubernetesError {
                return error.diagnostic.why
            }
        }
    }

    @Test func credentialPluginsAreRefusedByName() throws {
        #expect(try refusal("{exec: {command: aws-iam-authenticator}}").contains("aws-iam-authenticator"))
        #expect(try refusal("{auth-provider: {name: gcp}}").contains("gcp"))
    }

    @Test(arguments: [
        ("{token: t}", ", insecure-skip-tls-verify: true", "https://10.0.0.1"),
        ("{token: t}", ", proxy-url: \"http://p\"", "https://10.0.0.1"),
        ("{token: t}", "", "http://10.0.0.1"), ("{username: u, password: p}", "", "https://10.0.0.1"),
        ("{client-certificate-data: \"?\"}", "", "https://10.0.0.1"),
    ])
    func whatWouldWeakenTheConnectionIsRefused(_ user: String, _ cluster: String, _ server: String) throws {
        #expect(try !refusal(user, cluster: cluster, server: server).isEmpty)
    }

    @Test func aFileThatIsNoKubeconfigIsNotRepeated() throws {
        try withScratchDirectory { folder in
            try "users: hunter2 [".write(toFile: "\(folder)/config", atomically: true, encoding: .utf8)
            do {
                _ = try KubernetesAccess.kubeconfig(path: "\(folder)/config")
                Issue.record("it was read")
            } catch let error as KubernetesError {
                #expect(!"\(error.diagnostic)".contains("hunter2"))
            }
        }
    }

    @Test func outsideOfAPodThereIsNoServiceAccount() {
        #expect(throws: KubernetesError.self) { try KubernetesAccess.inCluster(environment: [:]) }
    }

    @Test(.enabled(if: KubernetesAPI.isThere && Requirement("openssl").isMet, "no Kubernetes API or no openssl"))
    func certificatesInsideTheFileServeBothSidesOfTLSAndTheirFilesGo() async throws {
        try await withKubernetesAPI(Self.certificates) { api async throws in
            func data(_ file: String) throws -> String {
                try Data(contentsOf: URL(filePath: "\(api.folder)/\(file)")).base64EncodedString()
            }
            let path = try api.kubeconfig(
                user:
                    "{client-certificate-data: \(try data("client.crt")), client-key-data: \(try data("client.key"))}",
                cluster: ", certificate-authority-data: \(try data("ca.crt"))")
            let scratch = try await look(path)
            #expect(!FileManager.default.fileExists(atPath: scratch))
        }
    }

    /// Asks once. - Returns: the folder where the certificates were meanwhile.
    private func look(_ path: String) async throws -> String {
        let access = try KubernetesAccess.kubeconfig(path: path)
        let scratch = URL(filePath: try #require(access.authorityFile)).deletingLastPathComponent().path
        let files = try FileManager.default.contentsOfDirectory(atPath: scratch).map { "\(scratch)/\($0)" }
        let modes = try files.map {
            try FileManager.default.attributesOfItem(atPath: $0)[.posixPermissions] as? Int
        }
        #expect(modes == [0o600, 0o600, 0o600])
        let client = KubernetesClient(access, http: HTTPClient())
        #expect(try await client.list(.pod, namespace: "shop", labels: ["a": "b"]).isEmpty)
        return scratch
    }

    @Test(.enabled(if: KubernetesAPI.isThere && Requirement("openssl").isMet, "no Kubernetes API or no openssl"))
    func aServiceAccountsTokenIsReadAnewForEachRequest() async throws {
        try await withKubernetesAPI(Self.certificates) { api async throws in
            try api.token.reveal().write(toFile: "\(api.folder)/token", atomically: true, encoding: .utf8)
            try "shop".write(toFile: "\(api.folder)/namespace", atomically: true, encoding: .utf8)
            let port = try #require(URL(string: api.address)?.port)
            let access = try KubernetesAccess.inCluster(
                environment: ["KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": "\(port)"],
                folder: api.folder)
            #expect(access.namespace == "shop")
            let client = KubernetesClient(access, http: HTTPClient())
            #expect(try await client.list(.pod, namespace: "shop", labels: ["a": "b"]).isEmpty)
            try "rotated".write(toFile: "\(api.folder)/token", atomically: true, encoding: .utf8)
            await #expect(throws: KubernetesError.self) {
                try await client.list(.pod, namespace: "shop", labels: ["a": "b"])
            }
        }
    }

    /// An authority, and what it signed for server and client.
    private static let certificates: @Sendable (String) throws -> [String] = { folder in
        let script = """
            set -e; cd "$1"
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.crt -subj /CN=ca -days 2
            for name in server client; do
              openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $name.key -out $name.csr -subj /CN=$name
              printf 'subjectAltName=IP:127.0.0.1\\n' > ext
              openssl x509 -req -in $name.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out $name.crt -days 2 -extfile ext
            done
            cat server.crt server.key > server.pem; cp ca.crt ca.crt.copy
            """
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", script, "sh", folder]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return ["--certificate", "\(folder)/server.pem", "--authority", "\(folder)/ca.crt"]
    }
}
