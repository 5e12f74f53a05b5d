import OpsConfiguration
import OpsModel
import Probes
import RedisClient

extension RedisSubject {
    init(_ value: ConfigurationValue, project: Project) throws {
        let address = value.required("url")
        var url = try placed(address) { try RedisURL(address.secret) }
        if let authority = value["authority"] { url.authorityFile = project.absolute(authority.string) }
        let role = value["role"].flatMap { RedisExpectation.Role(rawValue: $0.string) } ?? .master
        var expectation = RedisExpectation(
            url: url, role: role, eviction: value["eviction"]?.string,
            refusesPlaintext: value["refuse_plaintext"]?.boolean ?? url.usesTLS,
            refusesUnauthenticated: value["refuse_unauthenticated"]?.boolean ?? true,
            writesCanary: value["canary"]?.boolean ?? (role == .master),
            canaryPrefix: value["canary_prefix"]?.string ?? "opsctl:canary:")
        expectation.plaintextPort = value["plaintext_port"]?.integer
        expectation.replicas = value["replicas"]?.integer
        expectation.persistence = value["persistence"].flatMap { .init(rawValue: $0.string) }
        expectation.minimumVersion = value["version"]?.string
        expectation.demandsDefaultUserOff = value["default_user_off"]?.boolean ?? false
        expectation.demandsLeastPrivilege = value["least_privilege"]?.boolean ?? false
        expectation.allowsAllKeys = value["allow_all_keys"]?.boolean ?? false
        self.init(expectation)
    }
}
