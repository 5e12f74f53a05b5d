import Compression
import Database
import Foundation

extension Job {
    init(_ row: Row) throws {
        let status: String = try row.get("status")
        let kind: String = try row.get("kind")
        let preset: String = try row.get("preset")
        guard let status = JobStatus(rawValue: status), let kind = MediaKind(rawValue: kind),
            let preset = CompressionPreset(rawValue: preset)
        else {
            throw DatabaseError.column("status", why: "the row was written by a release that this one does not know")
        }
        let report: String? = try row.get("report")
        let stage: String? = try row.get("progress_stage")
        let code: String? = try row.get("error_code")
        self.init(
            id: try row.get("id"), status: status, kind: kind, preset: preset, filename: try row.get("filename"),
            inputBytes: try row.get("input_bytes"),
            report: try report.map { try JSONDecoder().decode(CompressionReport.self, from: Data($0.utf8)) },
            failure: try code.map {
                JobFailure(code: $0, message: try row.get("error_message", as: String?.self) ?? "")
            },
            progress: try stage.map {
                CompressionProgress(
                    stage: $0, done: try row.get("progress_done"), total: try row.get("progress_total"))
            },
            attempts: try row.get("attempts"), createdAt: try row.date("created_at") ?? .distantPast,
            startedAt: try row.date("started_at"), finishedAt: try row.date("finished_at"))
    }
}

extension Row {
    fileprivate func date(_ column: String) throws -> Date? {
        try get(column, as: Int64?.self).map { Date(timeIntervalSince1970: Double($0) / 1000) }
    }
}
