package import AWSClient
import Foundation
package import HTTPClient
package import ProcessClient

/// The emulator of AWS that all tests of this process share, and a name of its own for the resources of one test.
package struct TestAWS: Sendable {
    package let endpoint: String
    /// `t` and digits: fit for every service's rules.
    package let name: String
    package let region = "eu-central-1"
    package let account = "123456789012"

    /// What opsctl is started with to reach it.
    package var environment: [String: String] {
        ["AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"]
    }

    /// - Parameter keys: `AWS_ACCESS_KEY_ID` and others, in place of the emulator's own.
    package func access(account: String? = nil, keys: [String: String] = [:]) throws -> AWSAccess {
        AWSAccess(
            environment: environment.merging(keys) { $1 }, endpoints: try AWSEndpoints(environment: environment),
            account: account)
    }

    package func session(region: String? = nil) throws -> AWSSession {
        AWSSession(try access(), region: region ?? self.region, http: HTTPClient(), timeout: .seconds(300))
    }
}

/// Python with moto, and our additions to it: `@Suite(.enabled(if: AWSEmulator.isThere, AWSEmulator.reason))`.
package enum AWSEmulator {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    private static let script = "\(root)/Tests/Emulator/motoshim.py"

    /// It comes from PyPI, which not every machine reaches: its absence skips tests, and .ci/run says so.
    package static var isThere: Bool { missing == nil }
    package static var reason: String { "no AWS emulator: \(missing ?? "")" }

    package static var python: String {
        let own = "\(root)/.build/emulator/bin/python3"
        return FileManager.default.isExecutableFile(atPath: own) ? own : "python3"
    }

    private static let missing: String? = {
        guard FileManager.default.fileExists(atPath: script) else { return "Tests/Emulator/motoshim.py is missing" }
        guard let path = findExecutable(python) else { return "python3 is not installed" }
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = ["-c", "import importlib.util as u, sys; sys.exit(u.find_spec('moto') is None)"]
        do { try process.run() } catch { return "python3 does not start: \(error)" }
        process.waitUntilExit()
        return process.terminationStatus == 0 ? nil : "moto is not installed: Tests/Emulator/setup"
    }()

    /// One that its caller stops, or that ends with this process.
    /// - Parameters:
    ///   - variables: settings of moto, beside our environment.
    ///   - recording: file that every request is written to.
    package static func start(_ variables: [String: String] = [:], recording: String? = nil) async throws -> (
        endpoint: String, process: ProcessIdentity
    ) {
        let folder = try SharedFolder.makeFolder("aws")
        // The watchdog of the shared folder knows its services by their arguments.
        let link = "\(folder)/motoshim.py"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: script)
        let log = "\(folder)/motoshim.log"
        let process = try DetachedProcess.start(
            executable: python, arguments: [link, "--detached"] + (recording.map { ["--record", $0] } ?? []),
            environment: ProcessInfo.processInfo.environment.merging(variables) { $1 }, folder: folder, log: log)
        var endpoint = ""
        try await eventually("the AWS emulator listens; see \(log)", within: .seconds(60)) {
            let text = try String(contentsOfFile: log, encoding: .utf8)
            guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("listening ") }) else {
                return false
            }
            endpoint = "http://\(line.dropFirst("listening ".count))"
            return true
        }
        return (endpoint, process)
    }
}

private let sharedEmulator = SharedService<String> { try await AWSEmulator.start().endpoint }

/// An emulator of its own that checks signatures and rights after the first `count` actions.
package func withStrictAWSEmulator<Value>(
    after count: Int, isolation: isolated (any Actor)? = #isolation, _ body: (TestAWS) async throws -> Value
) async throws -> Value {
    let (endpoint, process) = try await AWSEmulator.start(["INITIAL_NO_AUTH_ACTION_COUNT": "\(count)"])
    return try await withCleanup {
        try await body(TestAWS(endpoint: endpoint, name: "t\(UInt32.random(in: .min ... .max))"))
    } cleanup: {
        _ = try await process.stop(gracePeriod: .seconds(2))
    }
}

/// The shared emulator under a fresh name; what is made there goes with it at the end of the process.
package func withAWSEmulator<Value>(
    isolation: isolated (any Actor)? = #isolation, _ body: (TestAWS) async throws -> Value
) async throws -> Value {
    let endpoint = try await sharedEmulator.instance()
    return try await body(TestAWS(endpoint: endpoint, name: "t\(UInt32.random(in: .min ... .max))"))
}
