import Deploy
import Foundation
import OpsConfiguration
import OpsModel

/// Times in which nothing is deployed: `deploy.freeze`.
struct FreezeGate: Gate {
    let name = "freeze"
    let windows: [MaintenanceWindow]

    init?(_ deploy: ConfigurationValue) throws {
        guard let value = deploy["freeze"] else { return nil }
        windows = try value.elements.map { try MaintenanceWindow($0) }
    }

    func judge() async -> GateResult { judge(at: Date()) }

    func judge(at now: Date) -> GateResult {
        guard let window = windows.first(where: { $0.from <= now && now < $0.until }) else {
            return GateResult(.pass, "no freeze now")
        }
        return GateResult(.fail, "nothing is deployed until \(rfc3339(window.until)): \(window.why)")
    }
}

/// Room for two releases at a time on this machine: `deploy.capacity`.
struct CapacityGate: Gate {
    let name = "capacity"
    private let memory: Int?
    private let disk: Int?
    private let folder: String

    init?(_ deploy: ConfigurationValue, project: Project) {
        guard let value = deploy["capacity"] else { return nil }
        (memory, disk) = (value["memory_mib"]?.integer, value["disk_mib"]?.integer)
        let runner = deploy["runner"]
        let slots =
            runner?["process"]?["folder"]?.string ?? runner?["systemd"]?["folder"]?.string ?? ".opsctl/slots"
        let path = project.absolute(slots)
        folder = FileManager.default.fileExists(atPath: path) ? path : project.folder
    }

    func judge() async -> GateResult {
        do {
            let (hasMemory, hasDisk) = (try Self.availableMemory(), try freeDisk())
            if let memory, hasMemory < memory {
                return GateResult(.fail, "\(hasMemory) MiB of memory are available, \(memory) are needed")
            }
            if let disk, hasDisk < disk {
                return GateResult(.fail, "\(hasDisk) MiB of disk are free at \(folder), \(disk) are needed")
            }
            return GateResult(.pass, "\(hasMemory) MiB of memory, \(hasDisk) MiB of disk")
        } catch {
            return GateResult(.inconclusive, "cannot tell what is free: \(error)")
        }
    }

    /// In MiB (proc(5), MemAvailable).
    private static func availableMemory() throws -> Int {
        let text = try String(contentsOf: URL(filePath: "/proc/meminfo"), encoding: .utf8)
        let words = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }?.split(separator: " ")
        guard let kib = words.flatMap({ $0.count > 1 ? Int($0[1]) : nil }) else {
            throw Unreadable(description: "/proc/meminfo has no MemAvailable")
        }
        return kib / 1024
    }

    private func freeDisk() throws -> Int {
        let facts = try FileManager.default.attributesOfFileSystem(forPath: folder)
        guard let free = facts[.systemFreeSize] as? NSNumber else {
            throw Unreadable(description: "the file system of \(folder) does not tell what is free")
        }
        return Int(free.int64Value >> 20)
    }

    private struct Unreadable: Error, CustomStringConvertible { let description: String }
}
