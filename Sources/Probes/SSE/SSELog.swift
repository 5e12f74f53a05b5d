import HTTPClient
import OpsModel
import Synchronization

/// Takes down what a stream brings, with its time; filled by the thread that receives it.
final class SSELog: Sendable {
    private struct State {
        var parser = EventParser()
        var head: SSESnapshot.Head?
        var events: [SSESnapshot.Event] = []
        var signs: [Double] = []
    }

    private let state = Mutex(State())
    private let start = ContinuousClock.now
    private let dataOf: String?
    private let isGlance: Bool

    private static let limit = 10_000

    init(dataOf: String?, isGlance: Bool) { (self.dataOf, self.isGlance) = (dataOf, isGlance) }

    private var now: Double { (ContinuousClock.now - start).seconds }

    func take(_ head: HTTPHead) {
        let type = head.headers.first { $0.name == "content-type" }?.value ?? ""
        state.withLock { $0.head = .init(status: head.status, contentType: type, remoteSeconds: now) }
    }

    /// - Returns: whether to go on.
    func take(_ bytes: [UInt8]) -> Bool {
        let now = now
        return state.withLock { state in
            for item in state.parser.take(bytes) {
                state.signs.append(now)
                guard case .event(let event) = item else { continue }
                state.events.append(
                    .init(
                        name: event.name, id: event.id, at: now,
                        data: event.name == dataOf ? String(event.data.prefix(4096)) : nil))
            }
            return !isGlance && state.signs.count < Self.limit && state.head?.status == 200
        }
    }

    func snapshot(hasEnded: Bool, failure: LookFailure?) -> SSESnapshot {
        state.withLock { state in
            let missing = failure ?? LookFailure(reason: .proto, phase: "first_byte", message: "no answer")
            return SSESnapshot(
                head: state.head.map { .seen($0) } ?? .failed(missing), events: state.events, signs: state.signs,
                seconds: now, hasEnded: hasEnded)
        }
    }
}
