import Foundation
package import OpsModel

/// What `systemctl show` says of one unit.
package struct SystemdFacts: Equatable {
    static let properties = "LoadState,ActiveState,MainPID,NRestarts,Description"

    let isLoaded: Bool
    let isRunning: Bool
    let pid: Int32
    let restarts: Int
    /// nil when somebody else made the unit.
    let release: Release?

    /// - Throws: `SystemdError.unreadable` for an answer that tells nothing: it is never taken for "stopped".
    init(_ output: String, unit: String) throws(SystemdError) {
        var values: [String: String] = [:]
        for line in output.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
        }
        guard let load = values["LoadState"], let active = values["ActiveState"] else {
            throw .unreadable(unit: unit, why: "no LoadState or ActiveState in `\(output.prefix(200))`")
        }
        switch active {
        case "active", "activating", "reloading", "refreshing", "deactivating": isRunning = true
        case "inactive", "failed": isRunning = false
        default: throw .unreadable(unit: unit, why: "ActiveState is `\(active)`")
        }
        isLoaded = load == "loaded"
        pid = values["MainPID"].flatMap { Int32($0) } ?? 0
        restarts = values["NRestarts"].flatMap { Int($0) } ?? 0
        release = Self.release(in: values["Description"] ?? "")
    }

    /// The description of a unit that opsctl starts; the name comes last, since it may hold anything.
    static func description(of release: Release) -> String {
        "opsctl release \(release.artifactDigest) \(release.configurationDigest) \(release.name)"
    }

    private static func release(in description: String) -> Release? {
        let pattern = #/opsctl release ([0-9a-f]{64}) ([0-9a-f]{64}) (.+)/#
        return description.wholeMatch(of: pattern).map {
            Release(name: String($0.3), artifactDigest: String($0.1), configurationDigest: String($0.2))
        }
    }

    /// The form that `EnvironmentFile=` reads (systemd.exec(5)): quoted, so that line breaks and spaces are kept.
    package static func environmentFile(_ variables: [String: String]) -> String {
        variables.sorted { $0.key < $1.key }.map { name, value in
            let escaped = value.map { "\\\"$`".contains($0) ? "\\\($0)" : String($0) }.joined()
            return "\(name)=\"\(escaped)\"\n"
        }.joined()
    }
}

/// Why a unit could not be looked at.
package enum SystemdError: DiagnosableError, Equatable {
    case unreadable(unit: String, why: String)

    package var diagnostic: Diagnostic {
        switch self {
        case .unreadable(let unit, let why):
            Diagnostic(
                "systemd.unreadable", what: "cannot read what systemd says of a unit", place: unit, why: why,
                fix: "systemctl show \(unit).service")
        }
    }
}
