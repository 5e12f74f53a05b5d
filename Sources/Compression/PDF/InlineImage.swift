/// Finds where the data of an inline image end. They are binary and may contain the letters `EI` by chance; a wrong
/// guess leaves unknown operators behind, which make the whole content suspicious.
enum InlineImage {
    /// `dataFrom` points behind `ID`; the result points at `EI`, `nil` when there is none.
    static func end(in bytes: [UInt8], dataFrom: Int) -> Int? {
        var at = dataFrom + 1
        while at + 1 < bytes.count {
            if bytes[at] == 0x45, bytes[at + 1] == 0x49, isFollowedByText(bytes, at + 2) { return at }
            at += 1
        }
        return nil
    }

    /// After a real `EI` come operators: a space first, then no control or high bytes for a while.
    private static func isFollowedByText(_ bytes: [UInt8], _ from: Int) -> Bool {
        guard from < bytes.count else { return true }
        guard ContentLexer.isSpace(bytes[from]) else { return false }
        return bytes[from..<min(bytes.count, from + 16)].allSatisfy {
            (0x20...0x7E).contains($0) || ContentLexer.isSpace($0) && $0 != 0
        }
    }
}
