import Deploy
import Dispatch
import Foundation
import Glibc
import OpsModel

/// SIGINT and SIGTERM during a rollout: the first sends it back, the second ends the program.
enum Interruption {
    private static let queue = DispatchQueue(label: "opsctl.signals")

    static func guarding(_ driver: RolloutDriver) {
        for (number, status) in [(SIGINT, ExitStatus.interrupted), (SIGTERM, .terminated)] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                if driver.wasInterrupted { Glibc.exit(status.rawValue) }
                Story.standard.tell(
                    "interrupted: going back; once more leaves at once, `opsctl deploy rollback` finishes it then")
                driver.interrupt()
            }
            source.setCancelHandler { _ = source }  // the handler keeps the source alive until the program ends
            source.resume()
        }
    }
}
