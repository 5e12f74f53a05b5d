/// Makes one file smaller. Synchronous; meant for a worker process of its own (see `WorkerSandbox`).
package struct Compressor: Sendable {
    private let limits: CompressionLimits

    package init(limits: CompressionLimits = .init()) { self.limits = limits }

    /// Writes `outputPath` atomically; for `untouched` it holds the input's bytes. On an error nothing is written.
    package func compress(_ request: CompressionRequest, progress: (CompressionProgress) -> Void) throws
        -> CompressionReport
    {
        let input = try ByteFile.read(request.inputPath, limit: limits.inputBytes)
        let result = try smaller(input, request, progress)
        switch result {
        case .compressed(let output, var report) where output.count < input.count:
            try ByteFile.write(output, to: request.outputPath)
            report.outputBytes = output.count
            return report
        case .compressed(_, let report):
            return try keep(input, .noGain, pages: report.pages, examined: report.imagesExamined, request)
        case .untouched(let reason, let pages):
            return try keep(input, reason, pages: pages, examined: 0, request)
        }
    }

    private func smaller(
        _ input: [UInt8], _ request: CompressionRequest, _ progress: (CompressionProgress) -> Void
    ) throws -> CompressionResult {
        guard let found = MediaKind.detect(prefix: input.prefix(1024)) else {
            throw CompressionError.unreadable(why: input.isEmpty ? "the file is empty" : "not a PDF, JPEG or PNG file")
        }
        guard found == request.kind else {
            throw CompressionError.unreadable(why: "announced as \(request.kind.rawValue), but it is \(found.rawValue)")
        }
        switch request.kind {
        case .pdf:
            return try withoutActuallyEscaping(progress) {
                try PDFCompressor(limits, request.preset, $0).compress(input)
            }
        case .jpeg: return try JPEGCompressor(limits, request.preset).compress(input)
        case .png: return try PNGCompressor(limits).compress(input)
        }
    }

    private func keep(
        _ input: [UInt8], _ reason: UntouchedReason, pages: Int?, examined: Int, _ request: CompressionRequest
    ) throws -> CompressionReport {
        try ByteFile.write(input, to: request.outputPath)
        return CompressionReport(
            outcome: .untouched, reason: reason, inputBytes: input.count, outputBytes: input.count, pages: pages,
            imagesExamined: examined)
    }
}

/// What a format's compressor hands back before anything is written.
enum CompressionResult {
    case compressed([UInt8], CompressionReport)
    case untouched(UntouchedReason, pages: Int?)
}
