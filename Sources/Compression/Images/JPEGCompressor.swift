import CCodecs

/// Makes a JPEG file smaller. Orientation and colour profile stay; other metadata go.
struct JPEGCompressor {
    private let limits: CompressionLimits
    private let tuning: PresetTuning

    init(_ limits: CompressionLimits, _ preset: CompressionPreset) {
        self.limits = limits
        tuning = .forPreset(preset)
    }

    func compress(_ input: [UInt8]) throws -> CompressionResult {
        do {
            let facts = try JPEGCodec.inspect(input)
            try WorkBudget(limits).spend(width: Int(facts.width), height: Int(facts.height))
            let markers = JPEGMarkers(input)
            let exact = markers.applied(to: try JPEGCodec.transcode(input), marksOurs: false)
            let lossy = try lossy(input, facts, markers)
            if let lossy, lossy.count * 100 <= input.count * Int(100 - tuning.minimumGain * 100),
                lossy.count < exact.count
            {
                return .compressed(lossy, report("jpeg_requantise", input, lossy))
            }
            return .compressed(exact, report("jpeg_transcode", input, exact))
        } catch CodecError.damaged(let why) {
            throw CompressionError.unreadable(why: why)
        } catch CodecError.unsupported(let why) {
            throw CompressionError.unsupported(why: why)
        } catch is CodecError {
            throw CompressionError.limitExceeded(limit: "memory", value: "exhausted")
        }
    }

    private func lossy(_ input: [UInt8], _ facts: ccodecs_jpeg_info, _ markers: JPEGMarkers) throws -> [UInt8]? {
        guard tuning.isLossy, !markers.isOurs, facts.components == 1 || facts.components == 3 && facts.is_ycc != 0
        else {
            return nil
        }
        let raster = try reduced(input, facts)
        guard let coded = try QualitySearch(target: tuning.searchedLikeness, ceiling: Int(facts.quality)).search(raster)
        else { return nil }
        return markers.applied(to: coded, marksOurs: true)
    }

    private func reduced(_ input: [UInt8], _ facts: ccodecs_jpeg_info) throws -> Raster {
        let longest = Int(max(facts.width, facts.height))
        guard let side = tuning.longestSide, longest > side else { return try JPEGCodec.decode(input, facts) }
        let width = max(1, Int(facts.width) * side / longest)
        let height = max(1, Int(facts.height) * side / longest)
        let reduction = JPEGCodec.reduction(from: Int(facts.width), to: width)
        return try JPEGCodec.decode(input, facts, reduction: reduction).resampled(width: width, height: height)
    }

    private func report(_ transform: String, _ input: [UInt8], _ output: [UInt8]) -> CompressionReport {
        CompressionReport(
            outcome: .compressed, inputBytes: input.count, outputBytes: output.count, imagesExamined: 1,
            imagesReplaced: 1,
            transforms: [TransformTally(name: transform, count: 1, before: input.count, after: output.count)])
    }
}
