import Foundation
import OpsModel

/// The lock that Terraform holds on a layer's state while it changes it.
package struct StateLock: Codable, Sendable, Equatable {
    package let id: String
    /// `user@host` of who took it.
    package let holder: String
    package let operation: String
    package let created: String

    /// Reads "Lock Info:" of Terraform's message; nil when there is none.
    package init?(message: String) {
        func value(_ name: String) -> String? {
            message.split(whereSeparator: \.isNewline).lazy.compactMap { line -> String? in
                let text = line.trimmingCharacters(in: .whitespaces)
                guard text.hasPrefix("\(name):") else { return nil }
                return text.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)
            }.first
        }
        guard message.contains("Lock Info:"), let id = value("ID") else { return nil }
        self.id = id
        (holder, operation) = (value("Who") ?? "unknown", value("Operation") ?? "unknown")
        created = value("Created") ?? "unknown"
    }
}

extension LayerRuns {
    /// Who holds a layer's state; nil when nobody does. Takes the lock for a moment itself.
    package func lock(of layer: StackLayer) async throws -> StateLock? {
        let run = try await ready(layer)
        do {
            try await run.run(
                "plan", ["-input=false", "-no-color", "-json", "-refresh=false", "-lock-timeout=0s"],
                timeout: .seconds(600))
            return nil
        } catch let error as StackError {
            guard case .terraform(_, _, _, let why) = error, let lock = StateLock(message: why) else { throw error }
            return lock
        }
    }

    package func unlock(_ lock: StateLock, of layer: StackLayer) async throws {
        try await ready(layer).run("force-unlock", ["-force", lock.id], timeout: .seconds(300))
    }
}
