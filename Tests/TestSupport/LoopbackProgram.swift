import Foundation
import ProcessClient

/// Runs a server program for the length of `body`, once it accepts connections on `port` of 127.0.0.1; its log is `name`.log
/// in `folder`.
package func withProgram<Value>(
    _ executable: String, _ arguments: [String], name: String, in folder: String, port: Int?,
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value
) async throws -> Value {
    let log = "\(folder)/\(name).log"
    let process = try DetachedProcess.start(
        executable: executable, arguments: arguments, environment: nil, folder: folder, log: log)
    return try await withCleanup {
        if let port {
            try await eventually("\(executable) answers; see \(log)") { answersOnLoopback(port) }
        }
        return try await body()
    } cleanup: {
        _ = try await process.stop(gracePeriod: .seconds(2))
    }
}
