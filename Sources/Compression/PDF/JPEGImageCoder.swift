import CCodecs

/// An image XObject that is stored as JPEG.
struct JPEGImage {
    let subject: ImageSubject
    let bytes: [UInt8]
    let filter: StreamFilter
}

/// Downsamples, requantises or transcodes a JPEG inside a PDF.
struct JPEGImageCoder {
    let tuning: PresetTuning
    let budget: WorkBudget

    /// `stored` is what the image takes now, wrappers included.
    func improve(_ image: JPEGImage, stored: Int) throws -> ImageCandidate? {
        let facts = try JPEGCodec.inspect(image.bytes)
        guard facts.width == image.subject.width, facts.height == image.subject.height else { return nil }
        try budget.spend(width: image.subject.width, height: image.subject.height)
        if let lossy = try lossy(image, facts), lossy.cost * 100 <= stored * Int(100 - tuning.minimumGain * 100) {
            return lossy
        }
        // Parameters of the filter, such as /ColorTransform, would have to be kept: then so is the picture.
        guard image.filter.parameters == nil else { return nil }
        let bytes = try JPEGCodec.transcode(image.bytes)
        guard bytes.count * 100 < stored * 99 else { return nil }
        return candidate("jpeg_transcode", bytes, image.subject, image.subject.width, image.subject.height)
    }

    private func lossy(_ image: JPEGImage, _ facts: ccodecs_jpeg_info) throws -> ImageCandidate? {
        let subject = image.subject
        guard tuning.isLossy, allowsLoss(image, facts) else { return nil }
        if let size = subject.reducedSize(tuning) {
            let reduction = JPEGCodec.reduction(from: subject.width, to: size.width)
            let raster = try JPEGCodec.decode(image.bytes, facts, reduction: reduction)
                .resampled(width: size.width, height: size.height)
            if let coded = try LossyCoder(tuning: tuning).code(raster, isSoftMask: subject.isSoftMask) {
                return candidate("jpeg_downsample", coded.bytes, subject, size.width, size.height)
            }
        }
        return try requantised(image, facts)
    }

    /// The same pixels, coarser; worth a generation only when the source is clearly finer.
    private func requantised(_ image: JPEGImage, _ facts: ccodecs_jpeg_info) throws -> ImageCandidate? {
        let subject = image.subject
        let quality = subject.isSoftMask ? tuning.maskQuality : tuning.quality
        guard Int(facts.quality) > quality + 3 else { return nil }
        let raster = try JPEGCodec.decode(image.bytes, facts)
        let coded = try LossyCoder(tuning: tuning).code(raster, isSoftMask: subject.isSoftMask)
        guard let coded, coded.quality + 3 < Int(facts.quality) else { return nil }
        return candidate("jpeg_requantise", coded.bytes, subject, subject.width, subject.height)
    }

    /// Only pictures whose colours every reader decodes in the same way.
    private func allowsLoss(_ image: JPEGImage, _ facts: ccodecs_jpeg_info) -> Bool {
        guard image.subject.hasPlainDecode, !image.subject.needsExactSamples, image.filter.parameters == nil else {
            return false
        }
        switch image.subject.colour {
        case .grey: return facts.components == 1
        case .rgb: return facts.components == 3 && facts.is_ycc != 0
        case .indexed, .other: return false
        }
    }

    private func candidate(
        _ transform: String, _ bytes: [UInt8], _ subject: ImageSubject, _ width: Int, _ height: Int
    ) -> ImageCandidate {
        ImageCandidate(
            transform: transform, bytes: bytes, coding: .jpeg, width: width, height: height, bits: 8,
            channels: subject.colour.components ?? 0)
    }
}
