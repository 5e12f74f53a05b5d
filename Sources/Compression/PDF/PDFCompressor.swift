/// Rewrites a PDF with smaller images and streams; everything else stays.
struct PDFCompressor {
    private let limits: CompressionLimits
    private let preset: CompressionPreset
    private let progress: (CompressionProgress) -> Void

    init(_ limits: CompressionLimits, _ preset: CompressionPreset, _ progress: @escaping (CompressionProgress) -> Void)
    {
        (self.limits, self.preset, self.progress) = (limits, preset, progress)
    }

    func compress(_ input: [UInt8]) throws -> CompressionResult {
        progress(CompressionProgress(stage: "reading", done: 0, total: 1))
        let document: PDFDocument
        do {
            document = try PDFDocument(input)
        } catch is PDFDocument.PasswordRequired {
            return .untouched(.passwordRequired, pages: nil)
        }
        let budget = WorkBudget(limits)
        try budget.require(document.claimedObjects <= limits.objects, "objects", document.claimedObjects)
        let pages = document.pageCount
        guard pages > 0 else { throw CompressionError.unreadable(why: "the document has no readable pages") }
        if let reason = DocumentGate(document: document, input: input).refusal() {
            return .untouched(reason, pages: pages)
        }
        let job = PDFJob(document, budget, preset, pages: pages, progress)
        try job.run()
        progress(CompressionProgress(stage: "writing", done: 0, total: 1))
        let output = try document.written(ArchiveProfile(document, job.decoder).writeOptions)
        try verify(output, pages: pages)
        progress(CompressionProgress(stage: "writing", done: 1, total: 1))
        return .compressed(output, job.report(inputBytes: input.count))
    }

    /// Opens the result again: a document that lost pages must never leave the worker.
    private func verify(_ output: [UInt8], pages: Int) throws {
        let written: Int
        do {
            written = try PDFDocument(output).pageCount
        } catch is PDFDocument.PasswordRequired {
            throw CompressionError.internalError("the result asks for a password")
        }
        guard written == pages else {
            throw CompressionError.internalError("the result has \(written) pages instead of \(pages)")
        }
    }
}
