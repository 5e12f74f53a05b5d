import ArgumentParser
import Compression
import Foundation
import Glibc

/// What the child process does.
enum CompressJobMode: String, ExpressibleByArgument, CaseIterable, Sendable { case compress, inspect }

/// The sandboxed child: one file, then the end. Speaks `WorkerProtocol` on standard output.
struct CompressJobCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "compress-job", shouldDisplay: false)

    @Argument var mode: CompressJobMode
    @Argument var input: String
    @Argument var output: String
    @Argument var kind: String
    @Argument var preset: String
    @Option var addressSpace: UInt64
    @Option var cpuSeconds: UInt64
    @Option var fileBytes: UInt64
    @Option var parent: Int32

    func run() throws {
        umask(0o077)
        do {
            try WorkerSandbox.enter(
                addressSpaceBytes: addressSpace, cpuSeconds: cpuSeconds, fileBytes: fileBytes, parent: parent)
            guard let kind = MediaKind(rawValue: kind), let preset = CompressionPreset(rawValue: preset) else {
                throw CompressionError.unsupported(why: "unknown kind or preset")
            }
            let report =
                switch mode {
                case .compress:
                    try Compressor().compress(
                        CompressionRequest(inputPath: input, outputPath: output, kind: kind, preset: preset)
                    ) { progress in say(.progress(progress)) }
                case .inspect: try Inspector().inspect(path: input, kind: kind)
                }
            say(.report(report))
        } catch {
            write(try WorkerProtocol.encode(failure: error))
        }
    }

    private func say(_ message: WorkerMessage) {
        // Sound: messages always encode; a parent that has gone away kills us through PDEATHSIG.
        if let line = try? WorkerProtocol.encode(message) { write(line) }
    }

    private func write(_ line: Data) {
        line.withUnsafeBytes { _ = Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }
}
