import Foundation

package enum LocalService: String, Codable, Sendable, CaseIterable { case postgres, redis, radosgw, haproxy }

/// One service as it is now.
package struct LocalServiceStatus: Codable, Sendable, Equatable {
    package let name: LocalService
    /// Whether all of its processes run.
    package let isRunning: Bool
    /// Where it listens, without credentials.
    package let addresses: [String]
    package let pids: [Int32]
    package var note: String?

    private enum CodingKeys: String, CodingKey {
        case name, addresses, pids, note
        case isRunning = "is_running"
    }

    /// `postgres   started in 1.9s: 127.0.0.1:15000, 127.0.0.1:15001`.
    func line(_ event: String) -> String {
        let name = name.rawValue.padding(toLength: 9, withPad: " ", startingAt: 0)
        return "\(name) \(event): \(addresses.joined(separator: ", "))\(note.map { " (\($0))" } ?? "")"
    }

    /// A service that was never started.
    static func absent(_ name: LocalService) -> LocalServiceStatus {
        LocalServiceStatus(name: name, isRunning: false, addresses: [], pids: [], note: "never started")
    }
}

package struct LocalStackReport: Codable, Sendable, Equatable {
    package private(set) var schema = 1
    package let root: String
    /// Where the services keep their data: `<root>/data`, or elsewhere if their users cannot reach that.
    package let dataFolder: String?
    package let valuesFolder: String
    package let services: [LocalServiceStatus]

    package var isRunning: Bool { services.allSatisfy(\.isRunning) }

    private enum CodingKeys: String, CodingKey {
        case schema, root, services
        case dataFolder = "data_folder"
        case valuesFolder = "values_folder"
    }

    static func nothing(root: String) -> LocalStackReport {
        LocalStackReport(
            root: root, dataFolder: nil, valuesFolder: "\(root)/values",
            services: LocalService.allCases.map(LocalServiceStatus.absent))
    }
}
