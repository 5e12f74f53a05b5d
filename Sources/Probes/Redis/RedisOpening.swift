import OpsModel
import RedisClient
import SocketClient
import Synchronization

/// An attempt to connect, with what is known of the TLS handshake even when it was refused.
struct RedisOpening {
    enum Outcome {
        case open(RedisConnection)
        case failed(LookFailure)
    }

    let outcome: Outcome
    let handshake: TLSFacts?

    static func look(_ url: RedisURL, timeout: Duration) async -> RedisOpening {
        let handshake = SeenHandshake()
        do {
            let connection = try await RedisConnection.connect(url, timeout: timeout) { handshake.take($0) }
            return RedisOpening(outcome: .open(connection), handshake: connection.tls)
        } catch {
            return RedisOpening(outcome: .failed(LookFailure(error)), handshake: handshake.facts)
        }
    }
}

/// What the handshake's callback brought.
private final class SeenHandshake: Sendable {
    private let box = Mutex<TLSFacts?>(nil)

    func take(_ facts: TLSFacts) { box.withLock { $0 = facts } }
    var facts: TLSFacts? { box.withLock { $0 } }
}

extension RedisURL {
    /// The AUTH command; nil when the URL has no password. The user `default` is left out, which every version takes:
    /// those before 6 know no users.
    var authentication: [String]? {
        password.map { ["AUTH"] + [user].compactMap { $0 == "default" ? nil : $0 } + [$0.reveal()] }
    }
}
