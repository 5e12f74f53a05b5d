/// The changes to one open document, in their order.
final class PDFJob {
    let decoder: StreamDecoder
    private let document: PDFDocument
    private let budget: WorkBudget
    private let preset: CompressionPreset
    private let tuning: PresetTuning
    private let pages: Int
    private let progress: (CompressionProgress) -> Void
    private let deflater = Deflater()
    private var ledger = TransformLedger()
    private var examined = 0
    private var replaced = 0

    init(
        _ document: PDFDocument, _ budget: WorkBudget, _ preset: CompressionPreset, pages: Int,
        _ progress: @escaping (CompressionProgress) -> Void
    ) {
        (self.document, self.budget, self.preset, self.pages) = (document, budget, preset, pages)
        self.progress = progress
        tuning = .forPreset(preset)
        decoder = StreamDecoder(budget: budget)
    }

    func run() throws {
        stripPrivateData()
        mergeStreams()
        try recompressImages()
        try recompressStreams()
    }

    func report(inputBytes: Int) -> CompressionReport {
        CompressionReport(
            outcome: .compressed, inputBytes: inputBytes, outputBytes: 0, pages: pages, imagesExamined: examined,
            imagesReplaced: replaced, transforms: ledger.sorted)
    }

    private var numbers: Range<Int> { 1..<max(1, document.claimedObjects) }

    private func stripPrivateData() {
        for number in numbers {
            for _ in 0..<PrivateDataStripper.strip(document.object(number)) {
                ledger.add("private_data_removed", before: 0, after: 0)
            }
        }
    }

    private func mergeStreams() {
        var merger = StreamMerger(document)
        merger.run()
        if merger.merged > 0 { ledger.add("streams_merged", before: merger.savedBytes, after: 0) }
    }

    private func survey() throws -> PlacementSurvey? {
        guard tuning.targetDPI != nil else { return nil }
        let survey = PlacementSurvey(document, decoder)
        for index in 0..<pages {
            try survey.surveyPage(document.page(index))
            progress(CompressionProgress(stage: "pages", done: index + 1, total: pages))
        }
        for number in numbers {
            let object = document.object(number)
            if object.isDictionary, object["/Subtype"]?.name == "/Type3" { survey.spareGlyphs(of: object) }
        }
        return survey
    }

    private func recompressImages() throws {
        var usage = ImageUsage()
        let images = numbers.filter { number in
            let object = document.object(number)
            guard object.isStream, object["/Subtype"]?.name == "/Image" else { return false }
            usage.note(object)
            return true
        }
        let survey = images.isEmpty ? nil : try survey()
        let recompressor = ImageRecompressor(tuning: tuning, decoder: decoder, coder: RowCoder(deflater: deflater))
        for (index, number) in images.enumerated() {
            examined += 1
            try leavingDamaged { try recompress(document.object(number), usage, survey, recompressor) }
            progress(CompressionProgress(stage: "images", done: index + 1, total: images.count))
        }
    }

    private func recompress(
        _ object: PDFObject, _ usage: ImageUsage, _ survey: PlacementSurvey?, _ recompressor: ImageRecompressor
    ) throws {
        guard let subject = ImageSubject(object, decoder, usage, survey) else { return }
        guard let improved = try recompressor.improve(subject) else { return }
        improved.candidate.apply(to: object)
        replaced += 1
        ledger.add(improved.candidate.transform, before: improved.before, after: improved.candidate.cost)
    }

    private func recompressStreams() throws {
        let recompressor = StreamRecompressor(decoder: decoder, deflater: deflater, preset: preset)
        for number in numbers {
            let object = document.object(number)
            guard object.isStream else { continue }
            try leavingDamaged {
                guard let change = try recompressor.improve(object) else { return }
                ledger.add("flate_streams", before: change.before, after: change.after)
            }
            if number % 256 == 0 {
                progress(CompressionProgress(stage: "streams", done: number, total: numbers.count))
            }
        }
    }

    /// A stream that a codec does not understand stays as it is; limits and other errors end the job.
    private func leavingDamaged(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch CodecError.noMemory {
            throw CompressionError.limitExceeded(limit: "memory", value: "exhausted")
        } catch is CodecError {
            ledger.add("left_alone", before: 0, after: 0)
        }
    }
}
