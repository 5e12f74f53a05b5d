import OpsConfiguration
import OpsModel
import PostgresClient
import Probes

extension PgBouncerSubject {
    init(_ value: ConfigurationValue) throws {
        let protection = value["tls"].flatMap { PostgresExpectation.Protection(rawValue: $0.string) } ?? .verified
        var expectation = PgBouncerExpectation(
            url: try postgresURL(value.required("url"), protection: protection), protection: protection)
        expectation.minimumVersion = value["minimum_version"]?.string
        expectation.databases = value["databases"]?.strings ?? []
        expectation.throughURL = try value["through_url"].map { try postgresURL($0, protection: protection) }
        self.init(expectation)
    }
}
