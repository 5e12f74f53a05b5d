import Foundation

/// How many memory-hungry children may run side by side.
enum MemoryBudget {
    /// - Parameter isWaiting: whether a child mostly waits; then processors do not count.
    static func width(jobs: Int, megabytesEach: Int, isWaiting: Bool = false) -> Int {
        let byMemory = availableMegabytes().map { $0 / megabytesEach } ?? 1
        let processors = isWaiting ? jobs : ProcessInfo.processInfo.activeProcessorCount
        return max(1, min(jobs, processors, byMemory))
    }

    /// MemAvailable of the kernel; nil where it does not tell.
    private static func availableMegabytes() -> Int? {
        let text: String
        do { text = try String(contentsOf: URL(filePath: "/proc/meminfo"), encoding: .utf8) } catch {
            return nil  // no /proc: one child at a time
        }
        return text.firstMatch(of: #/MemAvailable:\s+([0-9]+) kB/#).flatMap { Int($0.1) }.map { $0 / 1024 }
    }
}
