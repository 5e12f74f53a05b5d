import Cryptography
import Foundation
import Glibc
import ProcessClient

/// A certificate authority of our own and a server certificate of it for `localhost` and `127.0.0.1`.
package struct TLSMaterial: Sendable {
    package let folder: String
    /// What clients verify against; anyone may read it.
    package var authority: String { "\(folder)/ca.crt" }
    package var certificate: String { "\(folder)/server.crt" }
    package var key: String { "\(folder)/server.key" }

    /// Makes the files once. A run that was killed half-way is started over.
    package static func ensure(in folder: String) async throws -> TLSMaterial {
        let material = TLSMaterial(folder: folder)
        if FileManager.default.fileExists(atPath: material.certificate) { return material }
        let draft = "\(folder).new.\(hex(randomBytes(4)))"
        try FileManager.default.createDirectory(atPath: draft, withIntermediateDirectories: true)
        guard chmod(draft, 0o700) == 0 else {
            throw LocalServiceError.failed(action: "close a folder", path: draft, reason: lastError())
        }
        try await makeFiles(in: draft)
        guard chmod(draft, 0o755) == 0, rename(draft, folder) == 0 else {
            throw LocalServiceError.failed(action: "put certificates in place", path: folder, reason: lastError())
        }
        return material
    }

    private static func makeFiles(in folder: String) async throws {
        let openssl = try program("openssl", from: "openssl")
        let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        func run(_ arguments: [String]) async throws {
            let command = Command(openssl, arguments, workingDirectory: folder)
            try await runCommand(command, timeout: .seconds(60)).checked(command)
        }
        try await run(
            ["req", "-x509"] + newKey + ["-days", "3650", "-subj", "/CN=opsctl local authority"]
                + ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign"]
                + ["-keyout", "ca.key", "-out", "ca.crt"])
        try await run(["req"] + newKey + ["-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr"])
        let extensions = "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n"
        try Data(extensions.utf8).write(to: URL(filePath: "\(folder)/extensions"))
        try await run(
            [
                "x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days",
                "3650",
            ]
                + ["-extfile", "extensions", "-out", "server.crt"])
        for name in ["server.csr", "extensions", "ca.srl"]
        where FileManager.default.fileExists(atPath: "\(folder)/\(name)") {
            try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
        }
        for name in ["ca.key", "server.key"] where chmod("\(folder)/\(name)", 0o600) != 0 {
            throw LocalServiceError.failed(
                action: "close a private key", path: "\(folder)/\(name)", reason: lastError())
        }
        for name in ["ca.crt", "server.crt"] where chmod("\(folder)/\(name)", 0o644) != 0 {
            throw LocalServiceError.failed(action: "open a certificate", path: "\(folder)/\(name)", reason: lastError())
        }
    }

    /// Copies what a server needs into its own folder, readable for its user only.
    func install(in folder: String, for account: ServiceAccount) throws -> TLSMaterial {
        try account.makeFolder(folder, mode: 0o711)
        for (name, mode) in [("ca.crt", 0o644), ("server.crt", 0o644), ("server.key", 0o600)] as [(String, mode_t)] {
            let text = try String(contentsOfFile: "\(self.folder)/\(name)", encoding: .utf8)
            if let existing = FileManager.default.contents(atPath: "\(folder)/\(name)"), existing == Data(text.utf8) {
                continue
            }
            try account.write(text, to: "\(folder)/\(name)", mode: mode)
        }
        return TLSMaterial(folder: folder)
    }
}

/// A fresh random secret of 256 bits in hexadecimal.
package func freshSecret() -> String { hex(randomBytes(32)) }
