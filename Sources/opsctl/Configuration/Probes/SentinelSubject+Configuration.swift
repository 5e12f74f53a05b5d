import OpsConfiguration
import OpsModel
import Probes
import RedisClient

extension SentinelSubject {
    init(_ value: ConfigurationValue, project: Project) throws {
        let authority = value["authority"].map { project.absolute($0.string) }
        let urls = try value.required("urls").elements.map { try redisURL($0, authority: authority) }
        self.init(
            SentinelExpectation(
                urls: urls, master: value.required("master").string, sentinels: value["sentinels"]?.integer,
                replicas: value["replicas"]?.integer,
                data: try value["data_url"].map { try redisURL($0, authority: authority) }))
    }
}

extension RedisClusterSubject {
    init(_ value: ConfigurationValue, project: Project) throws {
        let authority = value["authority"].map { project.absolute($0.string) }
        self.init(
            RedisClusterExpectation(
                url: try redisURL(value.required("url"), authority: authority), replicas: value["replicas"]?.integer))
    }
}

private func redisURL(_ value: ConfigurationValue, authority: String?) throws -> RedisURL {
    var url = try placed(value) { try RedisURL(value.secret) }
    if let authority { url.authorityFile = authority }
    return url
}
