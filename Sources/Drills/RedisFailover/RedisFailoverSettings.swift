package import OpsModel
package import RedisClient

/// What a failover drill works on.
package struct RedisFailoverSettings: Sendable {
    package let environment: String
    /// All sentinels.
    package let sentinels: [RedisURL]
    /// Name under which they watch the master.
    package let master: String
    /// Credentials and TLS for the data nodes; host and port are what sentinel says.
    package let data: RedisURL
    /// Prefix of the drill's one key, which the user of `data` may write.
    package var keyPrefix = "opsctl:drill:"
    /// Objective: the longest time without an acknowledged write.
    package var outage: Duration?
    /// Objective: how many acknowledged writes may be lost. Replication is asynchronous, so none is not a given: whoever accepts
    /// some has to say so.
    package var lost = 0
    package var timeout = Duration.seconds(120)

    package init(environment: String, sentinels: [RedisURL], master: String, data: RedisURL) {
        (self.environment, self.sentinels, self.master, self.data) = (environment, sentinels, master, data)
    }

    /// Acknowledged writes before the failover and after it: enough to see a rhythm.
    var writesOnEachSide: Int { 100 }
}
