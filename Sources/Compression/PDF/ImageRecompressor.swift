/// Gives one image XObject its smallest acceptable form. An image that is not understood stays as it is.
struct ImageRecompressor {
    let tuning: PresetTuning
    let decoder: StreamDecoder
    let coder: RowCoder

    /// The better form and the bytes stored now, or `nil`.
    func improve(_ subject: ImageSubject) throws -> (candidate: ImageCandidate, before: Int)? {
        let filters = try decoder.filters(of: subject.object)
        let stored = try subject.object.storedBytes()
        guard stored.count >= 200 else { return nil }
        if let last = filters.first(where: \.isOpaque) {
            guard last.name == "/DCTDecode", filters.last?.name == "/DCTDecode" else { return nil }
            let coded = try decoder.decode(stored, filters)
            guard coded.remaining.count == 1 else { return nil }
            let picture = JPEGImage(subject: subject, bytes: coded.bytes, filter: coded.remaining[0])
            let chosen = try JPEGImageCoder(tuning: tuning, budget: decoder.budget).improve(
                picture, stored: stored.count)
            return chosen.map { ($0, stored.count) }
        }
        guard let wanted = subject.sampleBytes else { return nil }
        if subject.bits == 8 { try decoder.budget.spend(width: subject.width, height: subject.height) }
        let samples = try decoder.decode(stored, filters, wanted: wanted).bytes
        guard samples.count >= wanted else { return nil }
        let image = SampledImage(
            subject: subject, samples: samples.count == wanted ? samples : Array(samples.prefix(wanted)))
        let chosen = try SampledImageCoder(tuning: tuning, coder: coder).improve(image)
        guard let chosen, chosen.cost * 100 < stored.count * 99 else { return nil }
        return (chosen, stored.count)
    }
}
