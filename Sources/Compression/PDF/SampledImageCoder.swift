import CCodecs

/// An image XObject whose samples lie open: Flate, LZW, run length or nothing.
struct SampledImage {
    let subject: ImageSubject
    let samples: [UInt8]

    var rows: SampleRows? {
        subject.colour.components.map {
            SampleRows(width: subject.width, height: subject.height, channels: $0, bits: subject.bits, bytes: samples)
        }
    }
}

/// Picks the smallest of: the same samples coded better, a palette, fewer pixels, JPEG.
struct SampledImageCoder {
    let tuning: PresetTuning
    let coder: RowCoder

    func improve(_ image: SampledImage) throws -> ImageCandidate? {
        guard tuning.isLossy, let raster = try raster(of: image) else { return try exact(image) }
        let size = image.subject.reducedSize(tuning)
        let reduced = try size.map { try raster.resampled(width: $0.width, height: $0.height) } ?? raster
        let isReduced = size != nil
        let lossy = try LossyCoder(tuning: tuning).code(reduced, isSoftMask: image.subject.isSoftMask).map {
            candidate(isReduced ? "flate_to_jpeg_downsample" : "flate_to_jpeg", $0.bytes, .jpeg, reduced, image)
        }
        var exacts: [ImageCandidate] = []
        if isReduced, try isWorthTrying(reduced, beside: lossy) {
            let coding = try coder.smallest(reduced.rows)
            exacts.append(
                candidate("flate_downsample", coding.bytes, .flate(isFiltered: coding.isFiltered), reduced, image))
        }
        if let palette = try PaletteCoder(coder: coder).code(image) {
            exacts.append(palette)
        } else if try isWorthTrying(raster, beside: lossy), let same = try exact(image) {
            exacts.append(same)
        }
        guard let best = exacts.min(by: { $0.cost < $1.cost }) else { return lossy }
        // A form without artefacts may cost a little more.
        guard let lossy, lossy.cost * 105 < best.cost * 100 else { return best }
        return lossy
    }

    /// Every sample as it was.
    private func exact(_ image: SampledImage) throws -> ImageCandidate? {
        guard let rows = image.rows else { return nil }
        if let palette = try PaletteCoder(coder: coder).code(image) { return palette }
        let coding = try coder.smallest(rows)
        return ImageCandidate(
            transform: "flate_recode", bytes: coding.bytes, coding: .flate(isFiltered: coding.isFiltered),
            width: rows.width, height: rows.height, bits: rows.bits, channels: rows.channels)
    }

    /// Samples as a raster, when loss is allowed and understood.
    private func raster(of image: SampledImage) throws -> Raster? {
        let subject = image.subject
        guard subject.bits == 8, subject.hasPlainDecode, !subject.needsExactSamples else { return nil }
        let (width, height) = (subject.width, subject.height)
        switch subject.colour {
        case .grey: return Raster(width: width, height: height, channels: 1, pixels: image.samples)
        case .rgb: return Raster(width: width, height: height, channels: 3, pixels: image.samples)
        case .indexed(_, let channels, let table):
            let pixels = try CodecResult.fill(width * height * channels) { out, _ in
                ccodecs_expand_palette(
                    image.samples, width * height, table, Int32(table.count / channels), Int32(channels), out)
                return CCODECS_OK
            }
            return Raster(width: width, height: height, channels: channels, pixels: pixels)
        case .other: return nil
        }
    }

    /// A fast look spares the slow coding of photographs, which would lose against JPEG anyway.
    private func isWorthTrying(_ raster: Raster, beside lossy: ImageCandidate?) throws -> Bool {
        guard let lossy else { return true }
        return try coder.probe(raster.rows) * 10 < lossy.cost * 20
    }

    private func candidate(
        _ transform: String, _ bytes: [UInt8], _ coding: ImageCandidate.Coding, _ raster: Raster, _ image: SampledImage
    ) -> ImageCandidate {
        var candidate = ImageCandidate(
            transform: transform, bytes: bytes, coding: coding, width: raster.width, height: raster.height, bits: 8,
            channels: raster.channels)
        if case .indexed(let base, _, _) = image.subject.colour { candidate.space = base }
        return candidate
    }
}

extension Raster {
    var rows: SampleRows { SampleRows(width: width, height: height, channels: channels, bits: 8, bytes: pixels) }
}
