import CCodecs

/// Rewrites an RGB image of at most 256 colours with a colour table. Lossless.
struct PaletteCoder {
    let coder: RowCoder

    /// `nil` when the image has more colours, or is not plain RGB.
    func code(_ image: SampledImage) throws -> ImageCandidate? {
        let subject = image.subject
        guard case .rgb = subject.colour, subject.bits == 8, subject.hasPlainDecode, !subject.needsExactSamples,
            let base = subject.object["/ColorSpace"]
        else { return nil }
        guard let indexed = try Palette(image.samples, count: subject.width * subject.height, channels: 3) else {
            return nil
        }
        let bits = indexed.bits
        let bytes = indexed.packed(width: subject.width, height: subject.height)
        let rows = SampleRows(width: subject.width, height: subject.height, channels: 1, bits: bits, bytes: bytes)
        let coding = try coder.smallest(rows)
        let space = subject.object.document.makeIndexed(base: base, table: indexed.table, channels: 3)
        return ImageCandidate(
            transform: "rgb_to_palette", bytes: coding.bytes, coding: .flate(isFiltered: coding.isFiltered),
            width: subject.width, height: subject.height, bits: bits, channels: 1, space: space,
            overhead: indexed.table.count + 60)
    }
}
