import ArgumentParser
import BucketClient
import HTTPClient
import LocalServices
import OpsModel

struct LocalUp: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Start the local services; what runs already is kept.",
        discussion: """
            PostgreSQL (TLS, a replica), Redis (TLS, ACL), radosgw as S3, and HAProxy run as unprivileged users on free
            loopback ports. Addresses and generated secrets are written below .opsctl/local/values.

            Examples:
              opsctl local up
              opsctl local up --format json

            Exit codes: 0 all run, 2 one could not be started.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: FormatOption

    func run() async throws {
        let project = try global.localComposition().project
        var options = LocalStack.Options(createBucket: Self.createBucket)
        options.app = project.service
        let report = try await LocalStack.up(root: project.localPath, options: options) { Story.standard.tell($0) }
        show(try report.render(output.format))
    }

    @Sendable private static func createBucket(_ gateway: RadosGateway, _ name: String) async throws {
        let place = try S3Location(endpoint: gateway.endpoint, region: gateway.region, bucket: name, addressing: .path)
        let credentials = S3Credentials(accessKey: gateway.accessKey, secretKey: gateway.secretKey)
        try await S3Bucket(place, credentials: credentials, http: HTTPClient()).create()
    }
}
