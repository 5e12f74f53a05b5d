import Cryptography
import Foundation
import OpsModel
import ProcessClient
import TestSupport
import Testing

/// Production on an emulator of AWS, wholly applied by opsctl.
///
/// The first run applies for real, which takes minutes, and records what was sent to the emulator. Later runs play the
/// recording into a fresh emulator, as long as modules, rendered files and emulator are the same.
struct AppliedStack {
    let project: ProjectCopy
    let endpoint: String

    var environment: [String: String?] { Self.environment(endpoint) }

    /// A fresh emulator with everything applied, and a copy of the project that knows nothing of it yet.
    static func with<Value>(_ body: (AppliedStack) async throws -> Value) async throws -> Value {
        let recording = try await shared.recording()
        let (endpoint, emulator) = try await AWSEmulator.start()
        return try await withCleanup {
            try await run(
                AWSEmulator.python, ["\(emulatorFolder)/replay.py", recording, String(endpoint.dropFirst(7))])
            return try await ProjectCopy.with { project in
                try project.leaveOutProbes()
                return try await body(AppliedStack(project: project, endpoint: endpoint))
            }
        } cleanup: {
            _ = try await emulator.stop(gracePeriod: .seconds(2))
        }
    }

    func opsctl(_ arguments: String...) async throws -> CommandResult {
        try await OpsctlBinary.run(
            arguments + ["--env", "production"], project: project.folder, environment: environment,
            timeout: .seconds(1200))
    }

    /// What the account holds that nobody may find elsewhere, and the states.
    func account() async throws -> Account {
        let result = try await Self.run(
            AWSEmulator.python, ["\(Self.emulatorFolder)/inspect_account.py", "--endpoint", endpoint])
        return try JSONDecoder().decode(Account.self, from: Data(result.output.utf8))
    }

    struct Account: Decodable {
        let secrets: [String]
        let states: [String: String]
    }

    /// Changes things by hand, as somebody in the console would.
    func tamper(_ cases: [String]) async throws {
        for name in cases {
            try await Self.run(
                AWSEmulator.python,
                [
                    "\(Self.emulatorFolder)/tamper.py", "--endpoint", endpoint, "--name", "compress-production",
                    "--case", name,
                ])
        }
    }

    static let emulatorFolder = "\(OpsctlBinary.repository)/Tests/Emulator"

    @discardableResult
    static func run(_ program: String, _ arguments: [String]) async throws -> CommandResult {
        let command = Command(program, arguments)
        return try await runCommand(command, timeout: .seconds(300)).checked(command)
    }

    static func environment(_ endpoint: String) -> [String: String?] {
        [
            "AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_EC2_METADATA_DISABLED": "true", "AWS_CA_BUNDLE": nil,
        ]
    }

    static var isPossible: Bool { AWSEmulator.isThere && TerraformRequirement.hasProvider }
    static var reason: String { AWSEmulator.isThere ? TerraformRequirement.reason : AWSEmulator.reason }

    private static let shared = Recordings()
}

extension ProjectCopy {
    /// Probes of production look at servers that no test has; those of the stack come from its outputs.
    fileprivate func leaveOutProbes() throws {
        let path = "environments/production.yaml"
        let text = try read(path)
        guard let start = text.range(of: "\nprobes:\n"), let end = text.range(of: "\ndeploy:\n") else {
            throw MissingText(text: "probes:", path: path)
        }
        try write(text.replacingCharacters(in: start.lowerBound..<end.lowerBound, with: "\n"), to: path)
    }
}

private struct NotApplied: Error { let story: String }

/// What was sent to the emulator when everything was applied; made once a process, kept between runs.
private actor Recordings {
    private var known: Task<String, any Error>?

    func recording() async throws -> String {
        if let known { return try await known.value }
        let task = Task { try await Self.find() }
        known = task
        return try await task.value
    }

    /// Holds the emulator's secrets and states: mode 0600, outside of the repository.
    private static func find() async throws -> String {
        let variables = ProcessInfo.processInfo.environment
        let cache =
            variables["OPSCTL_EMULATOR_CACHE"]
            ?? "\(variables["XDG_CACHE_HOME"] ?? "\(NSHomeDirectory())/.cache")/opsctl/emulator"
        let path = "\(cache)/\(try digest()).jsonl"
        if FileManager.default.fileExists(atPath: path) {
            print("stacks: replaying what was applied before: \(path)")
            return path
        }
        print("stacks: nothing applied yet for these modules: applying everything, which takes about ten minutes")
        try FileManager.default.createDirectory(
            atPath: cache, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try await apply(recording: path)
        return path
    }

    private static func apply(recording path: String) async throws {
        try await withScratchDirectory { scratch in
            let (endpoint, emulator) = try await AWSEmulator.start(recording: "\(scratch)/recording.jsonl")
            try await withCleanup {
                try await ProjectCopy.with { project in
                    for arguments in [["stack", "bootstrap", "--yes"], ["stack", "apply", "--all-waves", "--yes"]] {
                        let result = try await OpsctlBinary.run(
                            arguments + ["--env", "production"], project: project.folder,
                            environment: AppliedStack.environment(endpoint), timeout: .seconds(2400))
                        // An expectation that fails here would be told of the first test alone.
                        guard result.status == 0 else {
                            throw NotApplied(story: "\(result.output)\n\(result.errors.suffix(4000))")
                        }
                    }
                }
                let temporary = "\(path).\(UUID().uuidString)"
                try FileManager.default.copyItem(atPath: "\(scratch)/recording.jsonl", toPath: temporary)
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: temporary)
                try FileManager.default.moveItem(atPath: temporary, toPath: path)
            } cleanup: {
                _ = try await emulator.stop(gracePeriod: .seconds(2))
            }
        }
    }

    /// Of everything that what is sent depends on.
    private static func digest() throws -> String {
        var text = ""
        for folder in ["Stacks/aws/modules", "Stacks/aws/environments/production", "Tests/Emulator"] {
            let root = "\(OpsctlBinary.repository)/\(folder)"
            let files = try FileManager.default.subpathsOfDirectory(atPath: root).sorted()
            for file in files where !file.contains("__pycache__") && !file.hasSuffix("README.md") {
                guard let bytes = FileManager.default.contents(atPath: "\(root)/\(file)") else { continue }
                text += "\(folder)/\(file) \(hex(sha256(bytes)))\n"
            }
        }
        return hex(sha256(text.utf8))
    }
}
