import Foundation
import Glibc

/// The standard `process_*` figures, read from the kernel when somebody asks.
struct ProcessMetrics: Sendable {
    private let started = Date().timeIntervalSince1970

    func record(in metrics: Metrics) {
        metrics.set(Double(clock()) / 1_000_000, .cpuSeconds)  // POSIX fixes CLOCKS_PER_SEC at a million
        if let pages = Self.residentPages() {
            metrics.set(pages * Double(sysconf(Int32(_SC_PAGESIZE))), .residentBytes)
        }
        if let count = Self.openDescriptors() { metrics.set(Double(count), .openDescriptors) }
        metrics.set(started, .startTime)
    }

    private static func residentPages() -> Double? {
        guard let file = fopen("/proc/self/statm", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, Int32(line.count), file) != nil else { return nil }
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let fields = text.split(separator: " ")
        return fields.count > 1 ? Double(fields[1]) : nil
    }

    private static func openDescriptors() -> Int? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = -3  // `.`, `..` and the folder itself
        while readdir(folder) != nil { count += 1 }
        return count
    }
}
