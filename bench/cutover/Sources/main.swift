import Foundation
import OpsModel

/// cutover-bench switches COUNT TURNS: opsctl's commit beside reloads.
/// cutover-bench deploys OPSCTL ROUNDS REQUESTS: real deploys and rollbacks under load.
let arguments = CommandLine.arguments
do {
    switch (arguments.dropFirst().first, arguments.dropFirst(2).compactMap { Int($0) }) {
    case ("switches", let numbers) where numbers.count == 2:
        let results = try await CutoverComparison(switches: numbers[0], turns: numbers[1]).run()
        exit(CutoverComparison.report(results) ? 0 : 1)
    case ("deploys", let numbers) where numbers.count == 2 && arguments.count == 5:
        let rounds = DeployRounds(opsctl: arguments[2], rounds: numbers[0], requests: numbers[1])
        exit(rounds.report(try await rounds.run()) ? 0 : 1)
    default:
        FileHandle.standardError.write(
            Data("usage: cutover-bench switches COUNT TURNS | deploys OPSCTL ROUNDS REQUESTS\n".utf8))
        exit(64)
    }
} catch let error as any DiagnosableError {
    let it = error.diagnostic
    FileHandle.standardError.write(Data("cutover-bench: \(it.what): \(it.why)\n".utf8))
    exit(1)
} catch {
    FileHandle.standardError.write(Data("cutover-bench: \(error)\n".utf8))
    exit(1)
}
