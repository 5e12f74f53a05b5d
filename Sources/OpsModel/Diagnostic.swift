/// What the operator reads when something could not be done: what, where, why, and the command to type next.
package struct Diagnostic: Codable, Sendable, Equatable {
    /// Stable dotted name, for example `router.refused`.
    package let id: String
    /// What could not be done, lower case, no full stop.
    package let what: String
    /// Where: file:line:column, URL without credentials, slot, socket.
    package let place: String
    /// The evidence: errno, status, reply.
    package let why: String
    /// A command to paste, or the edit to make.
    package let fix: String

    package init(_ id: String, what: String, place: String, why: String, fix: String) {
        (self.id, self.what, self.place, self.why, self.fix) = (id, what, place, why, fix)
    }
}

/// An error that can say what the operator needs to know. One enum per target; prose lives in `diagnostic` only.
package protocol DiagnosableError: Error {
    var diagnostic: Diagnostic { get }
}
