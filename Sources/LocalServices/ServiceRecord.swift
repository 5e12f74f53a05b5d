import Disk
import Foundation
import OpsModel

/// What must survive from one `start` to the next, as JSON that only we can read: ports, secrets, process identities.
struct RecordFile<Record: Codable & Sendable>: Sendable {
    let path: String

    /// - Returns: nil when nothing was recorded yet.
    func load() throws -> Record? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do { return try JSONDecoder().decode(Record.self, from: Data(contentsOf: URL(filePath: path))) } catch {
            throw LocalServiceError.damagedRecord(path: path, reason: "\(error)")
        }
    }

    func save(_ record: Record) throws { try DurableFile.write(canonicalJSON(record), to: path, mode: 0o600) }

    /// The recorded value; made and saved first when there is none.
    func loadOrCreate(_ create: () throws -> Record) throws -> Record {
        if let record = try load() { return record }
        let record = try create()
        try save(record)
        return record
    }
}
