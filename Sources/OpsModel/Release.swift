/// An immutable artifact together with the digest of the configuration it runs with.
package struct Release: Codable, Sendable, Equatable {
    /// The name people use, for example `2026.11.1` or a commit.
    package let name: String
    /// Lower-case hex SHA-256 of the artifact file.
    package let artifactDigest: String
    /// Lower-case hex SHA-256 of the configuration (secret values enter only as digests).
    package let configurationDigest: String

    package init(name: String, artifactDigest: String, configurationDigest: String) {
        (self.name, self.artifactDigest, self.configurationDigest) = (name, artifactDigest, configurationDigest)
    }

    private enum CodingKeys: String, CodingKey {
        case name
        case artifactDigest = "artifact_digest"
        case configurationDigest = "configuration_digest"
    }
}
