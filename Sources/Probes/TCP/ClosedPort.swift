import Glibc
import OpsModel
import SocketClient

/// Tries to connect to a port that ought to be closed, on every address: seen is the address that accepted.
///
/// Only a refusal by the other side, or a network that has no way there, shows a closed port. Silence, a name that does not
/// resolve, and whatever this machine itself runs short of show nothing.
func lookAtClosedPort(
    _ port: Int, host: String, addresses: [String], timeout: Duration
) async -> Observation<String> {
    var outcomes: [Observation<String>] = []
    for address in addresses.isEmpty ? [host] : addresses {
        do {
            let talk = try await TCPTalk.hold(host: host, port: port, addresses: [address], timeout: timeout)
            return .seen(talk.remoteAddress)
        } catch SocketError.failed(_, let phase, let code) {
            let reason: CheckReason = code == ETIMEDOUT ? .timeout : .internalError
            let message = "\(String(cString: strerror(code))) (errno \(code))"
            outcomes.append(.failed(LookFailure(reason: reason, phase: phase, message: message)))
        } catch {
            outcomes.append(.failed(LookFailure(exchange: error)))
        }
    }
    return outcomes.first { !isClosed($0) } ?? outcomes.first ?? .notLooked
}

/// Whether the outcome of `lookAtClosedPort` shows a closed port.
func isClosed(_ outcome: Observation<String>) -> Bool {
    outcome.failure.map { [.refused, .unreachable].contains($0.reason) && $0.phase == "connect" } ?? false
}
