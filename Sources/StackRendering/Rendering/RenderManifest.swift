import Cryptography
import Foundation

/// What was rendered last: it tells a file that nobody touched from one that somebody edited, and finds orphans.
package struct RenderManifest: Codable, Sendable, Equatable {
    package static let name = "manifest.json"

    package var schema = 1
    package let environment: String
    /// Path and lower-case hex SHA-256 of each file.
    package let files: [String: String]

    package init(environment: String, files: [RenderedFile]) {
        self.environment = environment
        self.files = Dictionary(uniqueKeysWithValues: files.map { ($0.path, digest($0.text.utf8)) })
    }

    /// One file a line, so that a review shows which changed.
    package func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }
}

func digest(_ bytes: some Sequence<UInt8>) -> String { hex(sha256(bytes)) }
