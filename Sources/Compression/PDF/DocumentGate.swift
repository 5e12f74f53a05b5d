/// Decides which documents must come back as they are.
struct DocumentGate {
    let document: PDFDocument
    let input: [UInt8]

    /// `nil` when the document may be rewritten.
    func refusal() -> UntouchedReason? {
        let catalog = document.catalog
        if let permissions = catalog["/Perms"] {
            if permissions["/UR3"] != nil || permissions["/UR"] != nil { return .usageRights }
            if permissions["/DocMDP"] != nil { return .signed }
        }
        // Bit 2: the file may only be appended to, or its signatures break.
        if let flags = catalog["/AcroForm"]?["/SigFlags"]?.int, flags & 2 != 0 { return .signed }
        return hasSignature || mentionsByteRange ? .signed : nil
    }

    private var hasSignature: Bool {
        (1..<max(1, document.claimedObjects)).contains { number in
            let object = document.object(number)
            guard object.isDictionary else { return false }
            if isSignature(object) { return true }
            guard object["/FT"]?.name == "/Sig" || object["/Type"]?.name == "/Annot" else { return false }
            return object["/V"].map(isSignature) ?? false
        }
    }

    private func isSignature(_ object: PDFObject) -> Bool {
        guard object.isDictionary else { return false }
        let type = object["/Type"]?.name
        return object["/ByteRange"] != nil
            || object["/Contents"] != nil && (type == "/Sig" || type == "/DocTimeStamp")
    }

    /// Catches signatures in objects that are not listed, for example of a generation other than 0.
    private var mentionsByteRange: Bool {
        let word = Array("/ByteRange".utf8)
        var from = 0
        while let slash = input[from...].firstIndex(of: word[0]) {
            let rest = input[slash...]
            if rest.starts(with: word) {
                let next = rest.dropFirst(word.count).first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
                if next == UInt8(ascii: "[") { return true }
            }
            from = slash + 1
        }
        return false
    }
}
