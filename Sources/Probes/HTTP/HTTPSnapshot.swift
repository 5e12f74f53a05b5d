import Cryptography
import Foundation
import HTTPClient
package import OpsModel

/// What was seen of an HTTP service.
package struct HTTPSnapshot: Codable, Sendable, Equatable {
    package var answer: Observation<HTTPAnswer>
    package var handshake: Observation<HandshakeSight> = .notLooked
    package var plaintext: Observation<Plaintext> = .notLooked
    package var addresses: [AddressSight] = []
    package var steps: Observation<[StepSight]> = .notLooked

    package struct Plaintext: Codable, Sendable, Equatable {
        package var status: Int
        /// Without credentials and the values of its query.
        package var location: String?
    }

    package struct AddressSight: Codable, Sendable, Equatable {
        package var address: String
        package var status: Observation<Int>
    }

    package struct StepSight: Codable, Sendable, Equatable {
        package var name: String
        package var isCleanup: Bool
        package var status: Int?
        /// What does not hold; nil when all does.
        package var fault: String?
        package var reason: CheckReason?
        package var elapsedMilliseconds: Int64
    }
}

/// An answer, without what could be secret: cookies lose their values, URLs their credentials and queries.
package struct HTTPAnswer: Codable, Sendable, Equatable {
    package var status: Int
    package var headers: [String: String]
    /// The beginning of the body, up to `bodyLimit` bytes.
    package var body: String
    package var byteCount: Int
    package var sha256: String
    package var remoteAddress: String
    package var version: String
    /// Seconds that each phase took.
    package var phases: Phases
    /// Statuses and targets of the redirects that were followed.
    package var hops: [Hop] = []
    package var hasMoreHops = false

    package struct Phases: Codable, Sendable, Equatable {
        package var connect: Double
        package var tls: Double
        package var firstByte: Double
        package var transfer: Double
        package var total: Double
    }

    package struct Hop: Codable, Sendable, Equatable {
        package var status: Int
        package var location: String
    }

    static let bodyLimit = 1 << 20
    var isWhole: Bool { byteCount <= Self.bodyLimit }
}

extension HTTPAnswer {
    init(_ response: HTTPResponse) {
        status = response.status
        headers = Dictionary(
            response.headers.map { ($0.name, Self.storable($0.name, $0.value)) }, uniquingKeysWith: { $0 + ", " + $1 })
        body = String(decoding: response.body.prefix(Self.bodyLimit), as: UTF8.self)
        (byteCount, sha256) = (response.body.count, hex(Cryptography.sha256(response.body)))
        (remoteAddress, version) = (response.remoteAddress, response.version)
        let timings = response.timings
        let ready = max(timings.connect, timings.tls)
        phases = Phases(
            connect: max(.zero, timings.connect - timings.nameLookup).seconds,
            tls: timings.tls == .zero ? 0 : (timings.tls - timings.connect).seconds,
            firstByte: (timings.firstByte - ready).seconds, transfer: (timings.total - timings.firstByte).seconds,
            total: timings.total.seconds)
    }

    private static func storable(_ name: String, _ value: String) -> String {
        switch name {
        case "set-cookie":
            let parts = value.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
            let cookie = parts[0].prefix { $0 != "=" }
            return parts.count > 1 ? "\(cookie)=***;\(parts[1])" : "\(cookie)=***"
        case "authorization", "proxy-authorization", "authentication-info": return "***"
        default: return value.contains("://") || name == "location" ? storableURL(value) : value
        }
    }
}

/// Keeps the names of a query and drops its values, credentials and fragment.
func storableURL(_ url: String) -> String {
    guard let query = url.split(separator: "#").first?.split(separator: "?", maxSplits: 1).dropFirst().first else {
        return printableURL(url)
    }
    let names = query.split(separator: "&").map { "\($0.prefix { $0 != "=" })=***" }
    return "\(printableURL(url))?\(names.joined(separator: "&"))"
}
