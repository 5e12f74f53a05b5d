import OpsConfiguration
import OpsModel
import PostgresClient
import Probes

extension PgBouncerSubject {
    init(_ value: ConfigurationValue) throws {
        let address = value.required("url")
        var expectation = PgBouncerExpectation(
            url: try placed(address) { try PostgresURL(address.secret) },
            protection: value["tls"].flatMap { PostgresExpectation.Protection(rawValue: $0.string) } ?? .verified)
        expectation.minimumVersion = value["minimum_version"]?.string
        expectation.databases = value["databases"]?.strings ?? []
        expectation.throughURL = try value["through_url"].map { url in
            try placed(url) { try PostgresURL(url.secret) }
        }
        self.init(expectation)
    }
}
