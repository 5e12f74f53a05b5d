import OpsConfiguration
import OpsModel
import PostgresClient
import Probes

extension PostgresSubject {
    init(_ value: ConfigurationValue) throws {
        let address = value.required("url")
        let url = try placed(address) { try PostgresURL(address.secret) }
        let role = value["role"].flatMap { PostgresExpectation.Role(rawValue: $0.string) } ?? .primary
        self.init(
            PostgresExpectation(
                url: url, role: role,
                protection: value["tls"].flatMap { PostgresExpectation.Protection(rawValue: $0.string) } ?? .verified,
                refusesPlaintext: value["refuse_plaintext"]?.boolean,
                writesCanary: value["canary"]?.boolean ?? (role == .primary)))
    }
}
