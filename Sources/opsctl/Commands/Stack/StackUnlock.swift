import ArgumentParser
import Foundation
import Ledger
import OpsModel
import StackRendering

struct StackUnlock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlock", abstract: "Show who holds the lock of a layer's state, and break it with --yes.",
        discussion: """
            A Terraform that was killed leaves its lock behind. Break it only when its holder is dead: two that write one state lose
            resources. Refused while an apply of this machine still runs.

            Examples:
              opsctl stack unlock --env production data         # who holds it, since when
              opsctl stack unlock --env production data --yes   # break it

            Exit codes: 0 not locked, or broken, 2 could not look, 3 refused, 78 invalid configuration.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: FormatOption
    @Argument(help: "The layer.") var layer: String
    @Flag(name: .long, help: "Break the lock.") var yes = false

    func run() async throws {
        let composition = try global.composition()
        let (name, isBroken) = (layer, yes)
        let result = try await interruptible { try await composition.unlock(name, isBroken: isBroken) }
        switch output.format {
        case .json: show(String(decoding: try canonicalJSON(result), as: UTF8.self))
        case .text: show(result.text)
        }
        if result.lock != nil, !result.broken { throw ExitStatus.refused }
    }
}

private struct LockReport: Encodable {
    let schema = 1
    let environment: String
    let layer: StackLayer
    let lock: StateLock?
    let broken: Bool

    var text: String {
        guard let lock else { return "\(layer.rawValue) is not locked" }
        let what = "\(layer.rawValue): \(lock.operation) by \(lock.holder) since \(lock.created), id \(lock.id)"
        return broken
            ? "broken: \(what)"
            : "locked: \(what)\nis its holder dead? then: opsctl stack unlock --env \(environment) \(layer.rawValue) --yes"
    }
}

extension Composition {
    fileprivate func unlock(_ name: String, isBroken: Bool) async throws -> LockReport {
        let session = try await stackSession()
        guard let layer = try session.layers(named: [name]).first else { preconditionFailure("one was named") }
        let lock = try await session.runs.lock(of: layer)
        if let lock, isBroken {
            try await session.runs.unlock(lock, of: layer)
            try await ledger().append(
                subject: "stack:\(session.settings.environment)", kind: .decision, step: "unlocked", payload: lock)
        }
        return LockReport(
            environment: session.settings.environment, layer: layer, lock: lock, broken: lock != nil && isBroken)
    }
}
