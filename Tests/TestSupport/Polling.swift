package struct ConditionNotReached: Error, CustomStringConvertible {
    package let description: String
}

/// Waits until `condition` holds, asking again every few milliseconds; throws when it does not within `limit`.
package func eventually(
    _ what: String, within limit: Duration = .seconds(10), isolation: isolated (any Actor)? = #isolation,
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            throw ConditionNotReached(description: "not within \(limit): \(what)")
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}
