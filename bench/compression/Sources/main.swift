import Compression
import Foundation

/// compression-bench PRESET INPUT OUTPUT: one file, one line of JSON.
let arguments = CommandLine.arguments
guard arguments.count == 4, let preset = CompressionPreset(rawValue: arguments[1]),
    let file = FileHandle(forReadingAtPath: arguments[2]), let head = try file.read(upToCount: 1024)
else {
    FileHandle.standardError.write(Data("usage: compression-bench lossless|balanced|small INPUT OUTPUT\n".utf8))
    exit(64)
}
do {
    try WorkerSandbox.enter(addressSpaceBytes: 2 << 30, cpuSeconds: 120, fileBytes: 1 << 30)
    let kind = MediaKind.detect(prefix: head) ?? .pdf
    let request = CompressionRequest(inputPath: arguments[2], outputPath: arguments[3], kind: kind, preset: preset)
    let report = try Compressor().compress(request) { _ in }
    FileHandle.standardOutput.write(try WorkerProtocol.encode(.report(report)))
} catch {
    FileHandle.standardOutput.write(try WorkerProtocol.encode(failure: error))
    exit(1)
}
