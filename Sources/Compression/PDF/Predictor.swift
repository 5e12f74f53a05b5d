import CCodecs

/// The row prediction of a Flate or LZW filter.
struct Predictor {
    private let isPNG: Bool
    private let colours: Int
    private let bits: Int
    private let columns: Int

    private var rowBytes: Int { (colours * bits * columns + 7) / 8 }

    /// `nil` when the parameters ask for none.
    init?(_ parameters: PDFObject?) throws {
        let kind = parameters?["/Predictor"]?.int ?? 1
        guard kind > 1 else { return nil }
        colours = parameters?["/Colors"]?.int ?? 1
        bits = parameters?["/BitsPerComponent"]?.int ?? 8
        columns = parameters?["/Columns"]?.int ?? 1
        isPNG = kind >= 10
        guard (1...32).contains(colours), [1, 2, 4, 8, 16].contains(bits), (1...(1 << 24)).contains(columns),
            isPNG || kind == 2 && bits == 8
        else { throw CodecError.unsupported("predictor") }
    }

    /// Coded bytes that hold `count` decoded ones.
    func codedCount(for count: Int) -> Int {
        isPNG ? (count + rowBytes - 1) / rowBytes * (rowBytes + 1) : count
    }

    /// Whole rows only: an incomplete last row means damage.
    func undo(_ bytes: [UInt8]) throws -> [UInt8] {
        let coded = isPNG ? rowBytes + 1 : rowBytes
        guard bytes.count % coded == 0 else { throw CodecError.damaged("incomplete row") }
        let rows = bytes.count / coded
        guard isPNG else {
            var plain = bytes
            ccodecs_untiff_rows(&plain, rowBytes, Int32(rows), Int32(colours))
            return plain
        }
        return try CodecResult.fill(rows * rowBytes) { out, _ in
            ccodecs_unfilter_rows(
                bytes, bytes.count, rowBytes, Int32(rows), Int32(max(1, colours * bits / 8)), out)
        }
    }
}
