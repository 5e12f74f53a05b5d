import Compression
import Foundation

/// What a compression gave, read back from its output file.
struct Compressed {
    let report: CompressionReport
    let output: [UInt8]
}

/// Compresses bytes through real files in a folder of their own, which goes afterwards.
func compress(
    _ input: [UInt8], as kind: MediaKind = .pdf, _ preset: CompressionPreset = .balanced,
    limits: CompressionLimits = .init()
) throws -> Compressed {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("compression-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer {
        do { try FileManager.default.removeItem(at: folder) } catch { print("left behind: \(folder.path)") }
    }
    let source = folder.appendingPathComponent("in")
    let target = folder.appendingPathComponent("out")
    try Data(input).write(to: source)
    let request = CompressionRequest(
        inputPath: source.path, outputPath: target.path, kind: kind, preset: preset)
    do {
        let report = try Compressor(limits: limits).compress(request) { _ in }
        return Compressed(report: report, output: Array(try Data(contentsOf: target)))
    } catch {
        guard !FileManager.default.fileExists(atPath: target.path) else { throw LeftOutput() }
        throw error
    }
}

/// A failed compression must leave nothing at the output path.
struct LeftOutput: Error {}

/// The stable code of the error that compressing these bytes throws; `nil` when it throws none.
func failureCode(
    _ input: [UInt8], as kind: MediaKind = .pdf, limits: CompressionLimits = .init()
) throws -> String? {
    do {
        _ = try compress(input, as: kind, limits: limits)
        return nil
    } catch let error as CompressionError {
        return error.code
    }
}
