import ArgumentParser
import Disk
import Foundation
import OpsModel
import Probes

struct ProbeJudgeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "judge", abstract: "Judge again, offline, what an earlier run saw.",
        discussion: """
            The file holds what was seen and what was expected; nothing is looked at.

            Examples:
              opsctl probe run --save seen.json
              opsctl probe judge seen.json --format junit
              opsctl probe judge seen.json --limit database.connections.fail=50

            Exit codes: 0 pass, 1 a check failed, 2 could not determine, 64 usage, 78 the file cannot be read.
            """)

    @OptionGroup var output: ProbeOutput
    @Option(
        name: .customLong("limit"),
        help: "Judge by another limit: TARGET.CHECK.warn=NUMBER or TARGET.CHECK.fail=NUMBER.")
    var limits: [LimitArgument] = []
    @Argument(help: "The file that opsctl probe run --save wrote.") var file: String

    func run() throws {
        var saved = try SavedRunFile.read(file)
        for limit in limits {
            guard saved.setLimit(target: limit.target, check: limit.check, isFail: limit.isFail, to: limit.value) else {
                throw ValidationError("\(file) has no measured check \(limit.target).\(limit.check)")
            }
        }
        let code = try output.publish(saved.judged())
        if code != 0 { throw ExitWith(code: code) }
    }

    struct LimitArgument: ExpressibleByArgument {
        let target: String
        let check: String
        let isFail: Bool
        let value: Double

        init?(argument: String) {
            let sides = argument.split(separator: "=").map(String.init)
            guard sides.count == 2, let value = Double(sides[1]), value.isFinite else { return nil }
            let words = sides[0].split(separator: ".").map(String.init)
            guard words.count >= 3, let level = words.last, ["warn", "fail"].contains(level) else { return nil }
            (target, check) = (words.dropLast(2).joined(separator: "."), words[words.count - 2])
            (isFail, self.value) = (level == "fail", value)
        }
    }
}

/// What a run saw, as a file.
enum SavedRunFile {
    static func write(_ saved: SavedRun, to path: String) throws {
        try DurableFile.write(try bytes(of: saved), to: path)
    }

    /// What the file holds; the ledger records its digest.
    static func bytes(of saved: SavedRun) throws -> Data { try canonicalJSON(saved) + [UInt8(ascii: "\n")] }

    static func read(_ path: String) throws -> SavedRun {
        do {
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
            guard size <= 64 << 20 else { throw SavedRunError.unreadable(path: path, why: "it is larger than 64 MiB") }
            let saved = try decodeCanonicalJSON(SavedRun.self, from: Data(contentsOf: URL(filePath: path)))
            guard saved.schema == 1 else {
                throw SavedRunError.unreadable(path: path, why: "its schema is \(saved.schema), this opsctl reads 1")
            }
            return saved
        } catch let error as DecodingError {
            throw SavedRunError.unreadable(path: path, why: Self.text(error))
        } catch let error as CocoaError {
            throw SavedRunError.unreadable(
                path: path, why: error.code == .fileReadNoSuchFile ? "it is missing" : "it cannot be opened")
        }
    }

    private static func text(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context): "`\(key.stringValue)` is missing\(Self.path(context))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            "\(context.debugDescription)\(Self.path(context))"
        @unknown default: "it has another form"
        }
    }

    private static func path(_ context: DecodingError.Context) -> String {
        context.codingPath.isEmpty ? "" : " at \(context.codingPath.map(\.stringValue).joined(separator: "."))"
    }
}

enum SavedRunError: DiagnosableError {
    case unreadable(path: String, why: String)

    var diagnostic: Diagnostic {
        switch self {
        case .unreadable(let path, let why):
            Diagnostic(
                "configuration.saved_run", what: "cannot read what a run saw", place: path, why: why,
                fix: "write one: opsctl probe run --save \(path)")
        }
    }
}
