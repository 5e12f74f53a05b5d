import Drills
import OpsConfiguration
import OpsModel
import RedisClient

extension RedisFailoverSettings {
    /// Reads `drills.redis_failover`.
    init(_ project: Project) throws {
        let drills = try project.section("drills")
        guard let value = drills["redis_failover"] else {
            throw ConfigurationError([
                drills.problem("there is no `redis_failover`", fix: "add `redis_failover:`; opsctl schema describes it")
            ])
        }
        let authority = value["authority"].map { project.absolute($0.string) }
        func url(_ value: ConfigurationValue) throws -> RedisURL {
            var url = try placed(value) { try RedisURL(value.secret) }
            if let authority { url.authorityFile = authority }
            return url
        }
        self.init(
            environment: project.environmentName, sentinels: try value.required("sentinels").elements.map(url),
            master: value.required("master").string, data: try url(value.required("data_url")))
        if let prefix = value["key_prefix"] { keyPrefix = prefix.string }
        (outage, lost) = (value["outage"]?.duration, value["lost"]?.integer ?? 0)
        if let limit = value["timeout"] { timeout = limit.duration }
    }
}
