import Foundation
package import LocalServices
package import OpsModel

/// A bucket name of its own on the S3 server that all tests of this process share. The bucket does not exist yet.
package struct TestBucket: Sendable {
    package let gateway: RadosGateway
    package let name: String

    package init(gateway: RadosGateway, name: String) { (self.gateway, self.name) = (gateway, name) }

    package var endpoint: String { gateway.endpoint }
    package var region: String { gateway.region }
    package var accessKey: String { gateway.accessKey }
    package var secretKey: Secret { gateway.secretKey }
}

private let sharedGateway = SharedService<RadosGateway> {
    try await RadosGateway.start(in: SharedFolder.makeFolder("radosgw"))
}

/// A fresh bucket name for the length of `body`; what is put there goes with the server at the end of the process. For tests
/// that break the server there is `withOwnRadosGateway`.
package func withRadosGateway<Value>(
    isolation: isolated (any Actor)? = #isolation, _ body: (TestBucket) async throws -> Value
) async throws -> Value {
    try await body(TestBucket(gateway: sharedGateway.instance(), name: "t\(UInt64.random(in: .min ... .max))"))
}

/// A server of its own for the length of `body`.
package func withOwnRadosGateway<Value>(
    isolation: isolated (any Actor)? = #isolation, _ body: (RadosGateway) async throws -> Value
) async throws -> Value {
    let folder = try SharedFolder.makeFolder("radosgw")
    let gateway = try await RadosGateway.start(in: folder)
    return try await withCleanup {
        try await body(gateway)
    } cleanup: {
        try await gateway.stop()
        try FileManager.default.removeItem(atPath: folder)
    }
}
