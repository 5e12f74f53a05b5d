package import RedisClient

/// What is expected of a Redis server. What is nil or false is not asked for.
package struct RedisExpectation: Codable, Sendable {
    package enum Role: String, Codable, Sendable { case master, replica }

    /// `any` of the two ways to keep data; `none`: what is lost at a restart does not matter.
    package enum Persistence: String, Codable, Sendable, CaseIterable { case rdb, aof, any, none }

    package var url: RedisURL
    package var role: Role
    /// Expected maxmemory-policy; nil when it does not matter.
    package var eviction: String?
    package var refusesPlaintext: Bool
    /// Port without TLS that must not answer either; nil means 6379. The URL's own port is always tried.
    package var plaintextPort: Int?
    package var refusesUnauthenticated: Bool
    package var writesCanary: Bool
    package var canaryPrefix: String
    /// Replicas that a master has at least.
    package var replicas: Int?
    package var persistence: Persistence?
    /// For example `7.0.15`.
    package var minimumVersion: String?
    package var demandsDefaultUserOff = false
    package var demandsLeastPrivilege = false
    /// Whether least privilege allows the pattern `~*`.
    package var allowsAllKeys = false

    package init(
        url: RedisURL, role: Role, eviction: String?, refusesPlaintext: Bool, refusesUnauthenticated: Bool,
        writesCanary: Bool, canaryPrefix: String
    ) {
        (self.url, self.role, self.eviction) = (url, role, eviction)
        (self.refusesPlaintext, self.refusesUnauthenticated) = (refusesPlaintext, refusesUnauthenticated)
        (self.writesCanary, self.canaryPrefix) = (writesCanary, canaryPrefix)
    }

    /// Name of the user that looks.
    var user: String { url.user ?? "default" }
}
