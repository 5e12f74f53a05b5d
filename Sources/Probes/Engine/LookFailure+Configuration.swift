import Foundation
import OpsModel

extension LookFailure {
    /// Stops a look whose CA file cannot be used: connecting would blame the server for it.
    static func refuseUnusable(authorityFile path: String?) throws(LookFailure) {
        guard let path else { return }
        let why: String
        do {
            let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
            if text.contains("CERTIFICATE-----") { return }
            why = "holds no PEM certificate"
        } catch {
            why = FileManager.default.fileExists(atPath: path) ? "cannot be read" : "is missing"
        }
        throw LookFailure(reason: .configuration, phase: "look", message: "the CA file \(path) \(why)")
    }

    /// What mends a connection that did not come about; nil when the failure lies beyond it.
    func connectionFix(to endpoint: String) -> String? {
        switch reason {
        case .dns: "correct the host of \(endpoint), or this machine's resolver"
        case .refused, .unreachable: "start the service, or correct host and port: \(endpoint)"
        case .timeout: "check the service's load and the firewall, or raise the target's timeout"
        case .tls, .certificate: "check the CA file and the host name against the server's certificate"
        case .configuration: "correct the target's settings: \(message)"
        case .notReady: "wait until the service has started: opsctl probe wait"
        case .cancelled: "probe again"
        case .authentication, .authorization, .missingDatabase, .tooManyConnections, .proto, .status, .body, .mismatch,
            .role, .policy, .accepted, .limit, .tool, .readOnly, .internalError:
            nil
        }
    }
}
