import AWSClient
import HTTPClient
import OpsModel

/// What AWS told about one resource.
package struct AWSSnapshot: Codable, Sendable {
    /// Whether the resource is there.
    var existence: AWSSight<Bool>
    /// By key of the setting; only what was asked for.
    var settings: [String: AWSSight<AWSValue>] = [:]
}

/// A fact, or why AWS did not tell it. That AWS did not tell never speaks against the resource.
enum AWSSight<Fact: Codable & Sendable>: Codable, Sendable {
    case seen(Fact)
    case untold(AWSSilence)
}

/// Why AWS did not tell, and what mends that.
struct AWSSilence: Codable, Sendable, Equatable {
    let reason: CheckReason
    let message: String
    let fix: String

    init(reason: CheckReason, message: String, fix: String) {
        (self.reason, self.message, self.fix) = (reason, message, fix)
    }

    init(_ error: any Error, permission: String) {
        if let error = error as? AWSError {
            let diagnostic = error.diagnostic
            self.init(
                reason: Self.reason(error), message: "\(diagnostic.what) (\(diagnostic.place)): \(diagnostic.why)",
                fix: diagnostic.fix)
        } else {
            let failure = LookFailure(error)
            let place = (error as? HTTPError)?.diagnostic.place ?? permission
            self.init(
                reason: failure.reason, message: "\(permission): \(failure.message)",
                fix: failure.connectionFix(to: place) ?? "probe again")
        }
    }

    private static func reason(_ error: AWSError) -> CheckReason {
        switch error {
        case .noCredentials, .credentials, .configuration, .otherAccount: .configuration
        case .unauthenticated: .authentication
        case .denied: .authorization
        case .unavailable: .notReady
        case .unreadable: .proto
        case .absent, .refused: .status
        }
    }
}
