import OpsModel
import RedisClient
import Synchronization

/// Writes numbers into one list, one at a time, each after the acknowledgement of the one before, the way a client behaves that
/// finds its master through sentinel; notes when each was acknowledged, and by whom.
final class FailoverWriter: Sendable {
    struct Acknowledged: Sendable, Equatable {
        let number: Int
        /// `host:port` of the node that acknowledged.
        let address: String
        let at: ContinuousClock.Instant
    }

    private let sentinels: SentinelGroup
    private let data: RedisURL
    let key: String
    private let log = Mutex([Acknowledged]())
    private let errors = Mutex<(count: Int, last: String?)>((0, nil))

    /// A write without an answer after this is not acknowledged; the next one asks sentinel again.
    private static let patience = Duration.milliseconds(250)

    init(sentinels: SentinelGroup, data: RedisURL, key: String) {
        (self.sentinels, self.data, self.key) = (sentinels, data, key)
    }

    var acknowledged: [Acknowledged] { log.withLock { $0 } }
    var failures: (count: Int, last: String?) { errors.withLock { $0 } }

    /// Writes until the task is cancelled. The key expires by itself ten minutes after the last write.
    func run() async {
        var number = 0
        while !Task.isCancelled {
            do {
                let address = try await sentinels.address(timeout: Self.patience)
                let connection = try await RedisConnection.open(data.at(address), timeout: Self.patience)
                while !Task.isCancelled {
                    number += 1
                    let replies = try await connection.send(
                        [["RPUSH", key, String(number)], ["EXPIRE", key, "600"]], timeout: Self.patience)
                    if let refusal = replies[0].errorText {
                        note(refusal)
                        break
                    }
                    log.withLock { $0.append(Acknowledged(number: number, address: address, at: .now)) }
                    try await Task.sleep(for: .milliseconds(1))
                }
            } catch is CancellationError {
                return
            } catch {
                note((error as? any DiagnosableError)?.diagnostic.why ?? "\(error)")
            }
            do { try await Task.sleep(for: .milliseconds(5)) } catch { return }
        }
    }

    private func note(_ text: String) {
        errors.withLock { $0 = ($0.count + 1, text) }
    }
}

extension RedisURL {
    /// The same credentials and TLS at another node; `address` is `host:port`.
    func at(_ address: String) -> RedisURL {
        var url = self
        let colon = address.lastIndex(of: ":") ?? address.endIndex
        url.host = String(address[..<colon]).trimmingPrefix("[").split(separator: "]").first.map(String.init) ?? ""
        url.port = Int(address[colon...].dropFirst()) ?? 0
        url.addresses = []
        return url
    }
}
