import Foundation
import Glibc
import Synchronization

/// Named points at which a test ends or stops this process, to see what comes after: `OPSCTL_FAILPOINT=kill@intent:shift_1`, or
/// `stop@router:confirmed#2` for the second time. Debug builds only: a release has none.
enum Failpoint {
    #if DEBUG
        private static let wanted: Wish? = {
            defer { unsetenv("OPSCTL_FAILPOINT") }  // meant for this process, not for what it starts
            return ProcessInfo.processInfo.environment["OPSCTL_FAILPOINT"].flatMap(Wish.init)
        }()
        private static let passed = Mutex(0)

        private struct Wish {
            let signal: Int32
            let point: String
            let occurrence: Int

            init?(_ text: String) {
                let parts = text.split(separator: "@").map(String.init)
                guard parts.count == 2, let signal = ["kill": SIGKILL, "stop": SIGSTOP][parts[0]] else { return nil }
                let place = parts[1].split(separator: "#").map(String.init)
                (self.signal, point, occurrence) = (signal, place[0], place.dropFirst().first.flatMap { Int($0) } ?? 1)
            }
        }
    #endif

    static func pass(_ point: @autoclosure () -> String) {
        #if DEBUG
            guard let wanted, wanted.point == point() else { return }
            guard
                passed.withLock({
                    $0 += 1; return $0
                }) == wanted.occurrence
            else { return }
            kill(getpid(), wanted.signal)
        #endif
    }
}
