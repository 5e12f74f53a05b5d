import Foundation

/// A health report in the form of draft-inadarei-api-health-check-06.
struct HealthDocument: Encodable, Sendable, Equatable {
    enum Status: String, Encodable, Sendable { case pass, warn, fail }

    struct Check: Encodable, Sendable, Equatable {
        var componentId: String
        var componentType: String
        var status: Status
        var observedValue: Double
        var observedUnit: String
        var time: Date
        /// Why it is not `pass`.
        var output: String?
    }

    var status: Status
    var version = "1"
    var releaseId: String
    var serviceId = "appserver"
    var description = "compression app server"
    /// The one component to look at first; nil when all is well.
    var cause: String?
    var output: String?
    var checks: [String: [Check]]
}
