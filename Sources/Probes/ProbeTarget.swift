import BucketClient
import HTTPClient
package import OpsModel
import PostgresClient
import RedisClient

/// One dependency to look at.
package struct ProbeTarget: Sendable {
    package enum Subject: Sendable {
        case postgres(PostgresExpectation)
        case redis(RedisExpectation)
        case bucket(BucketExpectation)
        case http(HTTPExpectation)
    }

    package let name: String
    package let subject: Subject
    /// Limit for everything that is looked at on this target; removing a canary may take as long again.
    package let timeout: Duration

    package init(name: String, subject: Subject, timeout: Duration) {
        (self.name, self.subject, self.timeout) = (name, subject, timeout)
    }

    package var kind: String {
        switch subject {
        case .postgres: "postgres"
        case .redis: "redis"
        case .bucket: "bucket"
        case .http: "http"
        }
    }

    /// Where it is, without credentials.
    package var endpoint: String {
        switch subject {
        case .postgres(let expectation): expectation.url.endpoint
        case .redis(let expectation): expectation.url.endpoint
        case .bucket(let expectation): expectation.store.location
        case .http(let expectation): printableURL(expectation.url)
        }
    }

    /// Names of the checks, in the order of the report.
    package var checkNames: [String] {
        let names =
            switch subject {
            case .postgres: PostgresSnapshot.checkNames
            case .redis: RedisSnapshot.checkNames
            case .bucket: BucketSnapshot.checkNames
            case .http: HTTPSnapshot.checkNames
            }
        return names.map { "\(name).\($0)" }
    }
}
