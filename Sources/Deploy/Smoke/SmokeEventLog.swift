import HTTPClient
import OpsModel
import Synchronization

/// Reads a stream of events until the wanted one; filled by the thread that receives it.
final class SmokeEventLog: Sendable {
    private struct State {
        var parser = EventParser()
        var head: HTTPHead?
        /// Counts by name, in the order of their first coming.
        var seen: [(name: String, count: Int)] = []
        var found: EventParser.Event?
        var nearMiss: String?
        var refusal = ""
    }

    private let state = Mutex(State())
    private let wanted: SmokeStep.EventWait
    private static let limit = 100_000

    init(_ wanted: SmokeStep.EventWait) { self.wanted = wanted }

    func take(_ head: HTTPHead) { state.withLock { $0.head = head } }

    /// - Returns: whether to go on.
    func take(_ bytes: [UInt8]) -> Bool {
        state.withLock { state in
            guard (200..<300).contains(state.head?.status ?? 0) else {
                state.refusal += String(decoding: bytes.prefix(200), as: UTF8.self)
                return state.refusal.utf8.count < 200
            }
            for case .event(let event) in state.parser.take(bytes) {
                if let index = state.seen.firstIndex(where: { $0.name == event.name }) {
                    state.seen[index].count += 1
                } else if state.seen.count < 50 {
                    state.seen.append((event.name, 1))
                }
                guard wanted.event == nil || wanted.event == event.name else { continue }
                state.nearMiss = fault(of: event)
                guard state.nearMiss == nil else { continue }
                state.found = event
                return false
            }
            return state.seen.reduce(0) { $0 + $1.count } < Self.limit
        }
    }

    private func fault(of event: EventParser.Event) -> String? {
        do {
            for (pointer, matcher) in wanted.json.sorted(by: { $0.key < $1.key }) {
                let value = try JSONPointer.value(at: pointer, in: Array(event.data.utf8))
                if let fault = matcher.fault(of: value) { return "\(pointer) is \(fault)" }
            }
            return nil
        } catch { return "its data is not JSON" }
    }

    var head: HTTPHead? { state.withLock { $0.head } }
    var found: EventParser.Event? { state.withLock { $0.found } }
    /// The beginning of what came with a status that promises no stream.
    var refusal: String { state.withLock { String($0.refusal.prefix(200)) } }

    /// `saw queued, 4 x processing`.
    var story: String {
        state.withLock { state in
            let names = state.seen.map { $0.count == 1 ? $0.name : "\($0.count) x \($0.name)" }
            let seen = names.isEmpty ? "saw no event" : "saw \(names.joined(separator: ", "))"
            return state.found != nil ? seen : seen + (state.nearMiss.map { "; in the last one \($0)" } ?? "")
        }
    }
}
