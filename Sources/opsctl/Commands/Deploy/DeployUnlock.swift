import ArgumentParser
import Deploy
import Foundation
import Ledger
import OpsModel

struct DeployUnlock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlock",
        abstract: "Take the lock from a deployer that cannot be reached; what it still writes is refused.",
        discussion: """
            Seldom needed: a lock ends half a minute after its holder's last sign of life, and at once with a process on this
            machine. A deploy that is open stays open; go on with it by `deploy resume`, or go back by `deploy rollback`.

            Examples:
              opsctl deploy unlock --force --reason "runner 7 was deleted"
              opsctl deploy unlock --env production --force --reason "host is gone, see incident 42"

            Exit codes: 0 unlocked, or nobody held it, 3 --force is missing, 78 invalid configuration.
            """)

    @OptionGroup var global: GlobalOptions
    @Flag(name: .long, help: "Yes: whoever holds it may still be at work.") var force = false
    @Option(name: .long, help: "Reason, for the record.") var reason: String

    private struct Record: Encodable {
        let by: String
        let why: String
        let holder: LeaseHolder
    }

    func run() async throws {
        let composition = try global.composition()
        let ledger = try await composition.ledger()
        let lease = "deploy/\(composition.project.environmentName)"
        guard let holder = try await ledger.leaseHolder(lease) else { return show("nobody holds \(lease)") }
        guard force else {
            throw RefusedError(
                Diagnostic(
                    "deploy.unlock", what: "the lock is not taken", place: "pid \(holder.pid) on \(holder.host)",
                    why: "its holder may still be at work: it has held it since \(holder.since)",
                    fix: "opsctl deploy abort; or, where nobody answers: opsctl deploy unlock --force --reason …"))
        }
        let by = operatorName(composition.project.variables)
        try await ledger.append(
            subject: "lease:\(lease)", kind: .decision, step: "unlocked",
            payload: Record(by: by, why: reason, holder: holder))
        try await ledger.breakLease(lease)
        show("unlocked \(lease): pid \(holder.pid) on \(holder.host) can no longer write the route")
    }
}
