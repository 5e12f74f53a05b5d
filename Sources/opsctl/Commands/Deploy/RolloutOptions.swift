import ArgumentParser
import Deploy
import Foundation
import Ledger
import OpsModel

/// How a rollout behaves that this command drives.
struct RolloutOptions: ParsableArguments {
    @Flag(name: .long, help: "Wait while another deploy runs, instead of being refused.") var queue = false
    @Option(
        name: .long,
        help: "What Ctrl-C does while the candidate has traffic: rollback, or hold to leave it for `deploy resume`.")
    var onInterrupt = DeploySettings.OnInterrupt.rollback
    @Flag(name: .long, help: "Start no watchdog: nothing goes back when this process dies.") var noWatchdog = false

    func applied(to stage: RolloutStage) -> RolloutStage {
        var stage = stage
        stage.settings.onInterrupt = onInterrupt
        if noWatchdog { stage.settings.watchdogTimeout = nil }
        return stage
    }

    /// Runs `body`, again and again while somebody else deploys if that was asked for.
    func whenFree(_ composition: Composition, _ body: () async throws -> DeployReport) async throws -> DeployReport {
        var isTold = false
        while true {
            do { return try await body() } catch LedgerError.leaseHeld(_, let holder) {
                guard queue else { throw RefusedError(try await composition.heldBy(holder)) }
                if !isTold { Story.standard.tell("waiting for the deploy of pid \(holder.pid) on \(holder.host)") }
                isTold = true
                try await Task.sleep(for: .seconds(1))
            }
        }
    }
}

extension DeploySettings.OnInterrupt: ExpressibleByArgument {}

extension Composition {
    /// Who deploys now, since when and how far, and what can be done about it.
    fileprivate func heldBy(_ holder: LeaseHolder) async throws -> Diagnostic {
        let name = project.environmentName
        let open = try await DeployHistory.read(try await ledger(), environment: name, verifying: false).open.last
        let began = try Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(holder.since)
        let age = Duration.seconds(max(0, Int(Date().timeIntervalSince(began)))).text
        let state =
            open.map { "deploy \($0.id) of release \($0.release.name) is at step \($0.step)" } ?? "it has not begun yet"
        return Diagnostic(
            "deploy.lock_held", what: "another deploy of \(name) runs",
            place: "pid \(holder.pid) on \(holder.host), for \(age)", why: state,
            fix: "watch it: opsctl deploy status --watch --env \(name); stop it: opsctl deploy abort --env \(name); "
                + "wait for it: add --queue")
    }
}
