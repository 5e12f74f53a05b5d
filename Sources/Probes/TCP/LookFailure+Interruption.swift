import OpsModel
import SocketClient

extension LookFailure {
    /// As `init(_:)`, with the endings that the socket client's exchanges have beside errors.
    init(exchange error: any Error) {
        switch error {
        case SocketInterruption.timedOut(let phase):
            self.init(reason: .timeout, phase: phase, message: "no answer in time, during \(phase)")
        case SocketInterruption.cancelled(let phase):
            self.init(reason: .cancelled, phase: phase, message: "cancelled during \(phase)")
        case let error as DNSError: self.init(dns: error)
        default: self.init(error)
        }
    }

    private init(dns error: DNSError) {
        let why = error.diagnostic.why
        switch error {
        case .malformed: self.init(reason: .proto, phase: "query", message: "cannot read the answer: \(why)")
        case .name, .resolver: self.init(reason: .configuration, phase: "look", message: why)
        }
    }
}

extension Observation {
    /// As `look`, for exchanges of the socket client.
    static func exchange(_ body: () async throws -> Facts) async -> Observation {
        do {
            return .seen(try await body())
        } catch {
            return .failed(LookFailure(exchange: error))
        }
    }
}
