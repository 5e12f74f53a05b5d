import Cryptography
package import Foundation
package import OpsModel

/// One line of the ledger. `hash` covers everything else and the hash of the line before.
package struct LedgerEntry: Codable, Sendable, Equatable {
    /// What an entry says about a step.
    package enum Kind: String, Codable, Sendable, CaseIterable {
        case intent, done, observed, verdict, decision
    }

    package let sequence: Int
    /// What it is about, for example `deploy:20261122T182100Z-4f2a`.
    package let subject: String
    package let kind: Kind
    package let step: String
    /// Canonical JSON.
    package let payload: String
    /// RFC 3339 in UTC; informative, the order is that of `sequence`.
    package let at: String
    package let previousHash: String
    package let hash: String

    private enum CodingKeys: String, CodingKey {
        case sequence, subject, kind, step, payload, at, hash
        case previousHash = "previous_hash"
    }

    /// Hash of the line before the first.
    static let genesis = String(repeating: "0", count: 64)

    init(
        sequence: Int, subject: String, kind: Kind, step: String, payload: String, at: String, previousHash: String,
        hash: String
    ) {
        (self.sequence, self.subject, self.kind, self.step) = (sequence, subject, kind, step)
        (self.payload, self.at, self.previousHash, self.hash) = (payload, at, previousHash, hash)
    }

    /// Appends to the chain: the hash is computed here.
    init(
        after previous: (sequence: Int, hash: String), subject: String, kind: Kind, step: String, payload: String,
        at: String
    ) {
        let sequence = previous.sequence + 1
        let hash = Self.digest(sequence, subject, kind, step, payload, at, previous.hash)
        self.init(
            sequence: sequence, subject: subject, kind: kind, step: step, payload: payload, at: at,
            previousHash: previous.hash,
            hash: hash)
    }

    /// Whether the stored hash is that of the stored content.
    var isIntact: Bool { hash == Self.digest(sequence, subject, kind, step, payload, at, previousHash) }

    /// SHA-256 over the fields, each preceded by its length, so that no two different entries give the same bytes.
    private static func digest(
        _ sequence: Int, _ subject: String, _ kind: Kind, _ step: String, _ payload: String, _ at: String,
        _ previous: String
    ) -> String {
        let fields = [previous, String(sequence), subject, kind.rawValue, step, payload, at]
        return hex(sha256(fields.map { "\($0.utf8.count):\($0)" }.joined().utf8))
    }

    package func decode<Payload: Decodable>(_ type: Payload.Type) throws -> Payload {
        try JSONDecoder().decode(type, from: Data(payload.utf8))
    }
}
