/// Reads tag 0x0112 from the first directory of a TIFF block.
enum EXIFOrientation {
    /// 1...8, or `nil` when the tag is absent or the block malformed.
    static func read(_ tiff: [UInt8]) -> Int? {
        guard tiff.count >= 8 else { return nil }
        let isLittle = tiff[0] == 0x49
        guard isLittle || tiff[0] == 0x4D, tiff[0] == tiff[1] else { return nil }
        func value(_ at: Int, _ count: Int) -> Int? {
            guard at >= 0, at + count <= tiff.count else { return nil }
            let bytes = isLittle ? Array(tiff[at..<(at + count)].reversed()) : Array(tiff[at..<(at + count)])
            return bytes.reduce(0) { $0 << 8 | Int($1) }
        }
        guard value(2, 2) == 42, let directory = value(4, 4), let entries = value(directory, 2) else { return nil }
        for index in 0..<entries {
            let entry = directory + 2 + index * 12
            guard let tag = value(entry, 2) else { return nil }
            if tag == 0x0112 { return value(entry + 8, 2).flatMap { (1...8).contains($0) ? $0 : nil } }
        }
        return nil
    }
}
