package import Foundation
package import OpsModel

/// What subscribers are told about a deploy; the body of a webhook.
package struct DeployNotice: Codable, Sendable, Equatable {
    package enum Event: String, Codable, Sendable, CaseIterable {
        case start
        /// A person must approve or reject.
        case gate
        case rollback
        case commit
        /// An operator is needed: the way on and the way back are both cut.
        case blocked
    }

    /// Format of the body.
    package var schema = 1
    /// Of this notice; the same in every try, so that a receiver can tell repetitions.
    package let id: String
    package let event: Event
    package let service: String
    package let environment: String
    package let deploy: String
    package let release: String
    /// The slot of the candidate.
    package let slot: Slot?
    /// What the rollout does or waits for; no secret.
    package let detail: String
    /// A command to paste; nil when nobody need do anything.
    package let command: String?
    package let time: Date

    package init(
        id: String, event: Event, service: String, environment: String, deploy: String, release: String,
        slot: Slot? = nil, detail: String, command: String? = nil, time: Date
    ) {
        (self.id, self.event, self.service, self.environment) = (id, event, service, environment)
        (self.deploy, self.release, self.slot, self.detail) = (deploy, release, slot, detail)
        (self.command, self.time) = (command, time)
    }
}

/// A notice that did not arrive.
package struct UndeliveredNotice: Codable, Sendable, Equatable {
    package let event: DeployNotice.Event
    /// The receiver's host; the rest of its URL may hold a token.
    package let receiver: String
    package let tries: Int
    package let why: String
}
