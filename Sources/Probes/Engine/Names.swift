package import OpsModel
import SocketClient

/// What the resolver said about one host name.
package struct NameLookup: Codable, Sendable, Equatable {
    package let host: String
    package let addresses: [String]
    package let failure: LookFailure?
    package let elapsedMilliseconds: Int64

    private enum CodingKeys: String, CodingKey {
        case host, addresses, failure
        case elapsedMilliseconds = "elapsed_ms"
    }

    /// Asks the system's resolver for A and AAAA at once; never takes longer than `timeout`.
    static func look(_ host: String, timeout: Duration) async -> NameLookup {
        let start = ContinuousClock.now
        let result = await Observation.look { try await resolve(host: host, timeout: timeout) }
        return NameLookup(
            host: host, addresses: result.facts ?? [], failure: result.failure,
            elapsedMilliseconds: (ContinuousClock.now - start).milliseconds)
    }
}

/// `host` when it is a name that the resolver has to be asked for.
func hostNames(_ host: String) -> [String] {
    let bare = host.trimmingPrefix("[").hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    return bare.isEmpty || isAddress(bare) ? [] : [host]
}

/// Judges the names that the targets of a run depend on: a name that does not resolve is one root cause for all of them.
enum NamesJudge {
    static let target = "names"
    static let kind = "names"

    static func missing(in lookups: [NameLookup]) -> Set<String> {
        Set(lookups.filter { $0.addresses.isEmpty }.map(\.host))
    }

    /// nil when no target has a host name.
    static func judge(_ lookups: [NameLookup]) -> ProbeReport.Target? {
        guard !lookups.isEmpty else { return nil }
        let elapsed = lookups.map(\.elapsedMilliseconds).max() ?? 0
        return ProbeReport.Target(
            name: target, kind: kind, endpoint: "the system's resolver", place: nil, elapsedMilliseconds: elapsed,
            roundTrips: nil, checks: lookups.map(result))
    }

    private static func result(_ lookup: NameLookup) -> CheckResult {
        let expected = "at least one address"
        guard lookup.addresses.isEmpty else {
            return CheckResult(
                check: "\(target).\(lookup.host)", target: target, status: .pass,
                observed: lookup.addresses.sorted().joined(separator: ", "), expected: expected, phase: "resolve")
        }
        let failure =
            lookup.failure ?? LookFailure(reason: .dns, phase: "resolve", message: "no address", code: "nodata")
        // A resolver that says "there is no such name" has answered; one that could not be asked has not.
        let status: CheckStatus = failure.code == "noname" || failure.code == "nodata" ? .fail : .unknown
        return CheckResult(
            check: "\(target).\(lookup.host)", target: target, status: status, observed: failure.message,
            expected: expected, reason: failure.reason, phase: "resolve",
            fix: "getent ahosts \(lookup.host); correct the name, or this machine's resolver (/etc/resolv.conf)")
    }
}
