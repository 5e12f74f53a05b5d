/// A place that runs one release.
package enum Slot: String, Codable, Sendable, CaseIterable {
    case blue, green

    package var other: Slot {
        switch self {
        case .blue: .green
        case .green: .blue
        }
    }
}
