import Foundation
package import LocalServices
import OpsModel
import ProcessClient

/// An HAProxy of its own for the length of `body`; the ports of both slots are free and nobody listens there.
/// With `logsLatency` it logs every request for a judge of latency.
package func withHAProxy<Value>(
    logsLatency: Bool = false, isolation: isolated (any Actor)? = #isolation,
    _ body: (HAProxyProcess) async throws -> Value
) async throws -> Value {
    let folder = try SharedFolder.makeFolder("haproxy")
    let ports = try freeLoopbackPorts(3)
    var options = HAProxyProcess.Options(
        frontendPort: ports[0], bluePort: ports[1], greenPort: ports[2], previewToken: Secret(freshSecret()))
    options.logsLatency = logsLatency
    let proxy = try await HAProxyProcess.start(in: folder, options)
    return try await withCleanup {
        try await body(proxy)
    } cleanup: {
        try await proxy.stop()
        try FileManager.default.removeItem(atPath: folder)
    }
}
