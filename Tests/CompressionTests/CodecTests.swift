import CCodecs
import Testing

/// The shim's own decoders, against an encoder or known values.
@Suite struct CodecTests {
    /// Plain LZW with clear codes, as PDF writers make it.
    private func lzwCoded(_ bytes: [UInt8], early: Int) -> [UInt8] {
        var output: [UInt8] = []
        var bits: UInt64 = 0
        var held = 0
        func put(_ code: Int, _ width: Int) {
            bits = bits << UInt64(width) | UInt64(code)
            held += width
            while held >= 8 {
                held -= 8
                output.append(UInt8(truncatingIfNeeded: bits >> UInt64(held)))
            }
        }
        var table: [[UInt8]: Int] = [:]
        var (next, width) = (258, 9)
        func reset() {
            table = Dictionary(uniqueKeysWithValues: (0..<256).map { ([UInt8($0)], $0) })
            (next, width) = (258, 9)
        }
        reset()
        put(256, 9)
        var current: [UInt8] = []
        for byte in bytes {
            if table[current + [byte]] != nil {
                current.append(byte)
                continue
            }
            put(table[current] ?? 0, width)
            table[current + [byte]] = next
            next += 1
            if next + early > 1 << width { width += 1 }
            if next >= 4094 {
                put(256, min(width, 12))
                reset()
            }
            current = [byte]
        }
        put(table[current] ?? 0, width)
        if next + 1 + early > 1 << width { width = min(12, width + 1) }
        put(257, width)
        if held > 0 { put(0, 8 - held) }
        return output
    }

    @Test func exampleOfTheStandardDecodes() {
        let coded: [UInt8] = [0x80, 0x0B, 0x60, 0x50, 0x22, 0x0C, 0x0C, 0x85, 0x01]
        #expect(
            collect { ccodecs_lzw(coded, coded.count, 1, 100, 0, $0, $1) } == [45, 45, 45, 45, 45, 65, 45, 45, 45, 66])
    }

    @Test(arguments: [1, 0])
    func lzwOfEveryCodeWidthDecodes(early: Int) {
        let bytes = Picture.photo(120, 90).pixels
        let coded = lzwCoded(bytes, early: early)
        #expect(collect { ccodecs_lzw(coded, coded.count, Int32(early), 1 << 20, 0, $0, $1) } == bytes)
    }

    @Test(arguments: [0, 1, 2, 3, 4, 5])
    func rowFiltersAreUndone(filter: Int) {
        let picture = Picture.photo(50, 20)
        var filtered = [UInt8](repeating: 0, count: 151 * 20)
        ccodecs_filter_rows(picture.pixels, 150, 20, 3, Int32(filter), &filtered)
        var plain = [UInt8](repeating: 0, count: 150 * 20)
        #expect(ccodecs_unfilter_rows(filtered, filtered.count, 150, 20, 3, &plain) == CCODECS_OK)
        #expect(plain == picture.pixels)
    }

    @Test func inflateStopsAtItsLimit() {
        let coded = deflated([UInt8](repeating: 7, count: 1000))
        var bytes: UnsafeMutablePointer<UInt8>?
        var count = 0
        #expect(ccodecs_inflate(coded, coded.count, 999, 0, &bytes, &count) == CCODECS_LIMIT)
        #expect(collect { ccodecs_inflate(coded, coded.count, 1000, 0, $0, $1) }.count == 1000)
        #expect(collect { ccodecs_inflate(coded, coded.count, 10, 1, $0, $1) }.count == 10)
    }

    @Test(arguments: [(64, 23), (5000, 3), (9001, 77), (20_000, 1)])
    func reductionKeepsFlatAreasFlat(width: Int, reduced: Int) {
        let flat = [UInt8](repeating: 201, count: width * 4)
        var small = [UInt8](repeating: 0, count: reduced * 2)
        #expect(ccodecs_resample(flat, Int32(width), 4, 1, &small, Int32(reduced), 2) == CCODECS_OK)
        #expect(small.allSatisfy { $0 == 201 })
    }

    @Test func likenessSeesDamage() {
        let picture = Picture.photo(128, 128)
        var damaged = picture.pixels
        for index in 0..<(40 * 128 * 3) where index % 384 < 120 { damaged[index] = 0 }
        var same = ccodecs_likeness()
        var different = ccodecs_likeness()
        ccodecs_compare(picture.pixels, picture.pixels, 128, 128, 3, &same)
        ccodecs_compare(picture.pixels, damaged, 128, 128, 3, &different)
        #expect(same.mean > 0.9999 && same.worst > 0.9999 && same.colour == 0)
        #expect(different.worst < 0.75 && different.colour > 50 && different.mean > different.worst)
    }
}
