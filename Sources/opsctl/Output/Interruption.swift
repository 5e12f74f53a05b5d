import Deploy
import Dispatch
import Foundation
import Glibc
import OpsModel
import Synchronization

/// SIGINT, SIGTERM and SIGHUP (a lost terminal) during a rollout: the first sends it back, the second ends the program.
enum Interruption {
    private static let received = Mutex<ExitStatus?>(nil)

    /// The exit status of a command that was interrupted: that of the signal which did it.
    static func status(of report: ExitStatus) -> ExitStatus {
        report == .interrupted ? received.withLock { $0 } ?? report : report
    }

    private static let queue = DispatchQueue(label: "opsctl.signals")

    static func guarding(_ driver: RolloutDriver) {
        for (number, status) in [(SIGINT, ExitStatus.interrupted), (SIGTERM, .terminated), (SIGHUP, .terminated)] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                if driver.wasInterrupted { Glibc.exit(status.rawValue) }
                let way =
                    driver.onInterrupt == .hold
                    ? "left as it is after this step" : "going back, unless it is promoted already"
                Story.standard.tell(
                    "interrupted: \(way); once more leaves at once, `opsctl deploy rollback` finishes it then")
                received.withLock { $0 = status }
                driver.interrupt()
            }
            source.setCancelHandler { _ = source }  // the handler keeps the source alive until the program ends
            source.resume()
        }
    }
}
