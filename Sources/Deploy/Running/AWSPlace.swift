package import AWSClient
package import HTTPClient

/// One account and region of AWS; every operation there has a limit of its own.
package struct AWSPlace: Sendable {
    private let access: AWSAccess
    private let region: String
    private let http: HTTPClient
    private let timeout: Duration

    /// - Parameter timeout: limit of one operation with all its calls and repetitions.
    package init(_ access: AWSAccess, region: String, http: HTTPClient, timeout: Duration = .seconds(10)) {
        (self.access, self.region, self.http, self.timeout) = (access, region, http, timeout)
    }

    /// A session whose limit begins now.
    func session() -> AWSSession { AWSSession(access, region: region, http: http, timeout: timeout) }

    /// The global option of the aws command that asks the same place.
    var option: String { "--region \(region)" }
}
