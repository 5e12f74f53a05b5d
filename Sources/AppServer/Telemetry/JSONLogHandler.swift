import Foundation
import Glibc
import Logging
import OpsModel

/// Writes one JSON object a line to standard error.
struct JSONLogHandler: LogHandler {
    let label: String
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    init(label: String) { self.label = label }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { LogValue($0) }
        fields["time"] = .text(rfc3339(Date()))
        fields["level"] = .text(event.level.rawValue)
        fields["logger"] = .text(label)
        fields["message"] = .text(event.message.description)
        write(fields)
    }

    private func write(_ fields: [String: LogValue]) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard var line = try? encoder.encode(fields) else { return }  // sound: these always encode
        line.append(UInt8(ascii: "\n"))
        line.withUnsafeBytes { bytes in
            // One write, so that lines of several threads do not mix. A log that cannot be written has nowhere to say so.
            _ = Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count)
        }
    }
}

/// Numbers stay numbers, so that a log store can add and compare them; text stays text, even when it looks like a number.
private enum LogValue: Encodable {
    case text(String)
    case number(Int)
    case flag(Bool)

    init(_ value: Logger.MetadataValue) {
        switch value {
        case .stringConvertible(let number as any BinaryInteger): self = .number(Int(clamping: number))
        case .stringConvertible(let flag as Bool): self = .flag(flag)
        default: self = .text(value.description)
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .number(let number): try container.encode(number)
        case .flag(let flag): try container.encode(flag)
        }
    }
}

func makeLogger() -> Logger { Logger(label: "appserver", factory: { JSONLogHandler(label: $0) }) }

extension Logger {
    /// Logs an error in the words of its diagnostic, without secrets.
    func report(_ error: any Error, _ message: Message, level: Level = .error, _ more: Metadata = [:]) {
        var facts = more
        if let known = error as? any DiagnosableError {
            let diagnostic = known.diagnostic
            facts["error"] = "\(diagnostic.id)"
            facts["what"] = "\(diagnostic.what)"
            facts["where"] = "\(diagnostic.place)"
            facts["why"] = "\(diagnostic.why)"
        } else {
            facts["error"] = "\(type(of: error))"
            facts["why"] = "\(error)"
        }
        log(level: level, message, metadata: facts)
    }
}
