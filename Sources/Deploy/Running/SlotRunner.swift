package import OpsModel

/// A release with everything needed to run it. Its environment holds secrets and is never stored or printed.
package struct ReleaseLaunch: Sendable {
    package internal(set) var release: Release
    /// What is run: path of an executable, or reference of an image by digest.
    package let artifact: String
    package let arguments: [String]
    /// Arguments of the expanding migrations; empty when there are none.
    package var migrateArguments: [String]
    /// Arguments of the contracting migrations, for a later command; empty when there are none.
    package var contractArguments: [String] = []
    /// Values may hold `${slot:port}`, `${slot:color}` and `${release:name}`.
    package let environment: [String: Secret]

    package init(
        release: Release, artifact: String, arguments: [String], migrateArguments: [String],
        environment: [String: Secret]
    ) {
        (self.release, self.artifact, self.arguments) = (release, artifact, arguments)
        (self.migrateArguments, self.environment) = (migrateArguments, environment)
    }
}

package struct SlotState: Codable, Sendable, Equatable {
    /// What was last started there; nil when nothing ever was.
    package let release: Release?
    package let isRunning: Bool
    package let pid: Int32?
    package let log: String?
    /// How often an engine has started it again by itself since it was put there.
    package let restarts: Int

    package init(release: Release?, isRunning: Bool, pid: Int32?, log: String?, restarts: Int = 0) {
        (self.release, self.isRunning, self.pid, self.log) = (release, isRunning, pid, log)
        self.restarts = restarts
    }
}

/// Runs releases in slots.
package protocol SlotRunner: Sendable {
    func state(of slot: Slot) async throws -> SlotState
    /// Applies the expanding migrations of a release; returns what the program printed.
    func migrate(_ launch: ReleaseLaunch) async throws -> String
    /// Starts a release; one that already runs there with the same digests is adopted, another one is an error.
    func start(_ launch: ReleaseLaunch, in slot: Slot) async throws
    /// Stops what runs there; nothing running is fine.
    func stop(_ slot: Slot) async throws
    /// Told once the slot's release is the stable one, for engines that keep a role of their own for it.
    func promoted(_ slot: Slot) async throws
    /// The last lines that it wrote, for evidence; empty when it keeps none.
    func lastLines(of slot: Slot, _ count: Int) async throws -> String
    /// Base URL of the slot itself, past the router.
    func address(of slot: Slot) -> String
}

extension SlotRunner {
    package func promoted(_ slot: Slot) async throws {}
}

package enum RunnerError: DiagnosableError, Equatable {
    case occupied(slot: Slot, release: String)
    case portTaken(slot: Slot, address: String)
    case artifact(path: String, why: String)
    case record(path: String, why: String)
    case migrationFailed(status: Int32, lastLines: String)

    package var diagnostic: Diagnostic {
        switch self {
        case .occupied(let slot, let release):
            Diagnostic(
                "runner.occupied", what: "slot \(slot.rawValue) runs another release", place: "slot \(slot.rawValue)",
                why: "release \(release)",
                fix: "opsctl deploy status; if it is left over: opsctl deploy rollback")
        case .portTaken(let slot, let address):
            Diagnostic(
                "runner.port_taken", what: "cannot start slot \(slot.rawValue)", place: address,
                why: "another program listens there",
                fix: "stop it, or give the slot another port")
        case .artifact(let path, let why):
            Diagnostic(
                "runner.artifact", what: "cannot use the release's artifact", place: path, why: why,
                fix: "build it, or correct app.artifact")
        case .record(let path, let why):
            Diagnostic(
                "runner.record", what: "cannot read what runs in a slot", place: path, why: why,
                fix: "look for the process (pgrep -af releases/), stop it, and remove the file")
        case .migrationFailed(let status, let lines):
            Diagnostic(
                "runner.migration", what: "the migrations failed", place: "exit status \(status)", why: lines,
                fix: "mend the migration; nothing was started, traffic is unchanged")
        }
    }
}
