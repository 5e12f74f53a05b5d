package import Foundation
import OpsModel

/// One line of the worker's standard output.
package enum WorkerMessage: Codable, Sendable, Equatable {
    case progress(CompressionProgress)
    case report(CompressionReport)
    case failure(code: String, message: String)

    private enum CodingKeys: String, CodingKey { case progress, report, error }
    private struct Failure: Codable {
        let code: String
        let message: String
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let progress = try container.decodeIfPresent(CompressionProgress.self, forKey: .progress) {
            self = .progress(progress)
        } else if let report = try container.decodeIfPresent(CompressionReport.self, forKey: .report) {
            self = .report(report)
        } else {
            let failure = try container.decode(Failure.self, forKey: .error)
            self = .failure(code: failure.code, message: failure.message)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .progress(let progress): try container.encode(progress, forKey: .progress)
        case .report(let report): try container.encode(report, forKey: .report)
        case .failure(let code, let message):
            try container.encode(Failure(code: code, message: message), forKey: .error)
        }
    }

    /// Nothing follows a report or a failure.
    package var isLast: Bool {
        switch self {
        case .progress: false
        case .report, .failure: true
        }
    }
}

/// JSON lines on the worker's standard output: any number of `progress`, then exactly one `report` or `error`.
package struct WorkerProtocol {
    /// The message as one line, newline included.
    package static func encode(_ message: WorkerMessage) throws -> Data {
        try canonicalJSON(message) + Data("\n".utf8)
    }

    /// The line that ends a worker whose work threw `error`.
    package static func encode(failure error: any Error) throws -> Data {
        guard let known = error as? CompressionError else {
            return try encode(.failure(code: "internal_error", message: String(describing: type(of: error))))
        }
        return try encode(.failure(code: known.code, message: known.diagnostic.why))
    }

    /// Reads one line, with or without its newline; `nil` for an empty line.
    package static func decode(line: some Collection<UInt8>) throws -> WorkerMessage? {
        let data = Data(line)
        guard data.contains(where: { $0 != 0x0A && $0 != 0x0D && $0 != 0x20 }) else { return nil }
        do {
            return try JSONDecoder().decode(WorkerMessage.self, from: data)
        } catch {
            throw CompressionError.internalError("the worker wrote a line that is not part of its protocol")
        }
    }
}
