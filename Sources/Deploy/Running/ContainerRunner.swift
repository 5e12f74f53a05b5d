import Foundation
package import OpsModel
import ProcessClient

/// Runs each slot as one podman container on this machine, as root of podman and as nobody inside.
///
/// Names, labels and digests of podman are the only record: what `podman inspect` says is what runs. CONTAINERS_CONF and
/// CONTAINERS_STORAGE_CONF of opsctl's own environment reach podman.
package struct ContainerRunner: SlotRunner {
    package let settings: Settings
    let podman: Podman

    package init(_ settings: Settings) { (self.settings, podman) = (settings, Podman(program: settings.podman)) }

    package func address(of slot: Slot) -> String { "http://127.0.0.1:\(settings.port(slot))" }

    func name(_ slot: Slot) -> String { "opsctl-\(settings.service)-\(slot.rawValue)" }

    package func state(of slot: Slot) async throws -> SlotState {
        guard let container = try await inspect(slot) else {
            return SlotState(release: nil, isRunning: false, pid: nil, log: nil)
        }
        return SlotState(
            release: container.release, isRunning: container.isRunning, pid: container.isRunning ? container.pid : nil,
            log: "podman logs \(name(slot))", restarts: container.restarts)
    }

    /// What podman knows of the slot's container; nil when there is none.
    private func inspect(_ slot: Slot) async throws -> ContainerFacts? {
        // `inspect` says the same of "no such container" and of a broken store: only `exists` tells them apart.
        let found = try await podman.run(["container", "exists", name(slot)], within: .seconds(30))
        switch found.status {
        case 0: break
        case 1: return nil
        default: throw Podman.failure(found, doing: "look for \(name(slot))")
        }
        let result = try await podman.run(["container", "inspect", name(slot)], within: .seconds(30))
        guard result.status == 0 else { throw Podman.failure(result, doing: "inspect \(name(slot))") }
        do {
            let all = try JSONDecoder().decode([ContainerFacts].self, from: Data(result.output.utf8))
            guard let only = all.first else { throw ContainerError.unreadable(container: name(slot), why: "no object") }
            return only
        } catch let error as DecodingError {
            throw ContainerError.unreadable(container: name(slot), why: "\(error)")
        }
    }

    package func lastLines(of slot: Slot, _ count: Int) async throws -> String {
        guard try await inspect(slot) != nil else { return "" }
        let result = try await podman.run(["logs", "--tail", String(count), name(slot)], within: .seconds(30))
        guard result.status == 0 else { throw Podman.failure(result, doing: "read the log of \(name(slot))") }
        // podman hands the container's stdout and stderr on apart: their common order is lost.
        return ProcessClient.lastLines(result.output + result.errors, count)
    }

    package func migrate(_ launch: ReleaseLaunch) async throws -> String {
        try refuseOddImage(launch)
        let container = "opsctl-\(settings.service)-migrate"
        return try await podman.withSecrets(launch.variables(slot: .blue, port: settings.port(.blue)), for: container) {
            secrets in
            let arguments =
                ["run", "--rm", "--replace", "--name", container, "--network", "host"] + settings.hardening + secrets
                + [launch.artifact] + launch.migrateArguments
            let result = try await podman.runForeground(arguments, container: container, within: .seconds(600))
            guard result.status == 0 else {
                throw RunnerError.migrationFailed(
                    status: result.status,
                    lastLines: ProcessClient.lastLines(result.errors.isEmpty ? result.output : result.errors))
            }
            return result.output
        }
    }

    package func start(_ launch: ReleaseLaunch, in slot: Slot) async throws {
        try refuseOddImage(launch)
        if let container = try await inspect(slot) {
            if container.isRunning {
                guard container.release == launch.release else {
                    throw RunnerError.occupied(slot: slot, release: container.release?.name ?? "unknown")
                }
                return
            }
            try await podman.run(["rm", "--force", name(slot)], within: .seconds(60)).orThrow("remove \(name(slot))")
        }
        guard isLoopbackPortFree(settings.port(slot)) else {
            throw RunnerError.portTaken(slot: slot, address: address(of: slot))
        }
        let variables = launch.variables(slot: slot, port: settings.innerPort(slot))
        try await podman.withSecrets(variables, for: name(slot)) { secrets in
            let arguments = runArguments(launch, slot, secrets: secrets)
            let result = try await podman.run(arguments, within: .seconds(300))
            guard result.status == 0 else { throw Podman.failure(result, doing: "start \(name(slot))") }
        }
    }

    /// Everything but values: those travel as secrets of podman.
    func runArguments(_ launch: ReleaseLaunch, _ slot: Slot, secrets: [String]) -> [String] {
        var arguments = ["run", "--detach", "--name", name(slot), "--restart", "no"]
        arguments += ContainerFacts.labels(of: launch.release).flatMap { ["--label", $0] }
        switch settings.network {
        case .host: arguments += ["--network", "host"]
        case .published:
            arguments += ["--publish", "127.0.0.1:\(settings.port(slot)):\(settings.innerPort(slot))/tcp"]
        }
        return arguments + settings.hardening + secrets + [launch.artifact] + launch.arguments
    }

    package func stop(_ slot: Slot) async throws {
        guard try await inspect(slot) != nil else { return }
        let grace = max(0, Int(settings.stopGrace.seconds.rounded(.up)))
        // The container stays, stopped: its log and release are evidence until the slot is used again.
        try await podman.run(
            ["stop", "--time", String(grace), name(slot)], within: settings.stopGrace + .seconds(60)
        ).orThrow("stop \(name(slot))")
    }

    /// A tag can move between the judgement and the start: only a digest says what runs.
    private func refuseOddImage(_ launch: ReleaseLaunch) throws {
        let digest = launch.artifact.split(separator: "@").last ?? ""
        guard digest.wholeMatch(of: #/sha256:[0-9a-f]{64}/#) != nil, launch.artifact.contains("@") else {
            throw RunnerError.artifact(path: launch.artifact, why: "not an image by digest: NAME@sha256:…")
        }
        guard digest == "sha256:\(launch.release.artifactDigest)" else {
            throw RunnerError.artifact(
                path: launch.artifact, why: "its digest is not that of release \(launch.release.name)")
        }
    }
}

extension CommandResult {
    fileprivate func orThrow(_ doing: String) throws {
        if status != 0 { throw Podman.failure(self, doing: doing) }
    }
}
