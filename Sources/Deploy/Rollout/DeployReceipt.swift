/// What a deploy cost its clients, in numbers that were counted.
package struct DeployReceipt: Codable, Sendable, Equatable {
    /// How one slot fared from the first shift to the end of the rollout, by the router's counters.
    package struct SlotAccount: Codable, Sendable, Equatable {
        package var requests: Int
        package var errors: Int
        /// By the identity of the router's counters: sent, not under way, never answered.
        package var lost: Int
    }

    /// One change of the route.
    package struct Switch: Codable, Sendable, Equatable {
        package let route: String
        /// From the decision to the router's confirmation, in milliseconds.
        package let commandMilliseconds: Double
        /// From the decision to the first answer of the slot that was routed to; nil when none was seen.
        package let firstAnswerMilliseconds: Double?

        private enum CodingKeys: String, CodingKey {
            case route
            case commandMilliseconds = "command_ms"
            case firstAnswerMilliseconds = "first_answer_ms"
        }
    }

    package internal(set) var baseline: SlotAccount?
    package internal(set) var candidate: SlotAccount?
    package internal(set) var switches: [Switch] = []
    /// Our own requests through the frontend while the route changed.
    package internal(set) var clientRequests = 0
    /// Those without an answer, or with a 5xx.
    package internal(set) var clientFailures = 0
    /// How long the way back took when it was rehearsed, in milliseconds: proof of the baseline and writing the route.
    package internal(set) var rehearsedMilliseconds: Double?

    private enum CodingKeys: String, CodingKey {
        case baseline, candidate, switches
        case clientRequests = "client_requests"
        case clientFailures = "client_failures"
        case rehearsedMilliseconds = "rehearsed_ms"
    }
}
