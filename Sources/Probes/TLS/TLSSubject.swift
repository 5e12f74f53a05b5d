package import Foundation
package import OpsModel
package import SocketClient

/// What is expected of a TLS endpoint.
package struct TLSProbeExpectation: Codable, Sendable {
    package var host: String
    package var port: Int
    /// The name that the certificate must carry, and that the server is asked for.
    package var serverName: String
    package var authorityFile: String?
    package var startTLS: StartTLS
    /// More names that the certificate must carry.
    package var names: [String]
    /// Whether a certificate that signs itself is wanted here.
    package var mayBeSelfSigned: Bool

    package init(
        host: String, port: Int, serverName: String? = nil, authorityFile: String? = nil, startTLS: StartTLS = .none,
        names: [String] = [], mayBeSelfSigned: Bool = false
    ) {
        (self.host, self.port, self.serverName) = (host, port, serverName ?? host)
        (self.authorityFile, self.startTLS, self.names) = (authorityFile, startTLS, names)
        self.mayBeSelfSigned = mayBeSelfSigned
    }

    var place: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// What was seen of a TLS endpoint.
package struct TLSProbeSnapshot: Codable, Sendable, Equatable {
    package var handshake: Observation<HandshakeSight>
    /// What came of offering TLS 1.0 and 1.1 only.
    package var forbidden: Observation<Forbidden>

    package enum Forbidden: String, Codable, Sendable { case accepted, refused, cannotOffer }
}

/// An endpoint that speaks TLS, at once or after STARTTLS.
package struct TLSSubject: ProbeSubject {
    package static let kind = "tls"
    package static let checks: [CheckDefinition] = [
        CheckDefinition("connect", "Does the port accept connections?", why: "nothing else works without it"),
        CheckDefinition(
            "handshake", "Is the certificate accepted for this name?", why: "clients refuse what they cannot verify"),
        CheckDefinition(
            "certificate_expiry", "Is every certificate of the chain valid for long enough?",
            why: "on the day it expires every client is cut off", limits: .atLeast(warn: 21, fail: 3, "d")),
        CheckDefinition(
            "tls_version", "Is TLS 1.2 or later spoken?", why: "older versions are broken (RFC 8996)",
            isPosture: true),
        CheckDefinition(
            "names", "Does the certificate carry every expected name?",
            why: "a renewed certificate can lose one of its names", in: .review),
        CheckDefinition(
            "self_signed", "Did somebody else sign the certificate?",
            why: "a default certificate of a package or a proxy signs itself", in: .review, isPosture: true),
        CheckDefinition(
            "old_versions_refused", "Are TLS 1.0 and 1.1 refused?",
            why: "an attacker can talk both sides down to them (RFC 8996)", in: .review, isPosture: true),
    ]

    package let expectation: TLSProbeExpectation

    package init(_ expectation: TLSProbeExpectation) { self.expectation = expectation }

    package var endpoint: String { expectation.place }
    package var hosts: [String] { hostNames(expectation.host) }

    package func look(_ visit: Visit) async -> TLSProbeSnapshot {
        do { try LookFailure.refuseUnusable(authorityFile: expectation.authorityFile) } catch {
            return TLSProbeSnapshot(handshake: .failed(error), forbidden: .notLooked)
        }
        let server = TLSServer(
            host: expectation.host, port: expectation.port, addresses: visit.addresses[expectation.host] ?? [],
            expectation: TLSExpectation(
                authorityFile: expectation.authorityFile, serverName: expectation.serverName),
            startTLS: expectation.startTLS)
        let timeout = visit.time.forLooking
        async let forbidden =
            visit.asks("old_versions_refused")
            ? Observation.exchange { try await Self.offerForbidden(to: server, timeout: timeout) } : .notLooked
        let handshake = await Observation.exchange { try await HandshakeSight.take(of: server, timeout: timeout) }
        return TLSProbeSnapshot(handshake: handshake, forbidden: await forbidden)
    }

    private static func offerForbidden(
        to server: TLSServer, timeout: Duration
    ) async throws -> TLSProbeSnapshot.Forbidden {
        guard TLSVersions.forbidden.canBeOffered else { return .cannotOffer }
        var server = server
        server.expectation.versions = .forbidden
        let handshake = try await server.shakeHands(timeout: timeout)
        // A server that shows its certificate has agreed on the version.
        return handshake.error == nil || !handshake.facts.chain.isEmpty ? .accepted : .refused
    }

    package static func judge(
        _ snapshot: TLSProbeSnapshot, _ expectation: TLSProbeExpectation, _ sheet: inout CheckSheet
    ) {
        snapshot.judge(expectation, &sheet)
    }
}
