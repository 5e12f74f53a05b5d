import Cryptography

/// Lets one copy of byte-identical streams serve all their users.
struct StreamMerger {
    let document: PDFDocument
    private(set) var savedBytes = 0
    private(set) var merged = 0

    init(_ document: PDFDocument) { self.document = document }

    /// Repeats, because images become identical once their masks are one.
    mutating func run() {
        let numbers = 1..<max(1, document.claimedObjects)
        let keepsForms = document.catalog["/AcroForm"] != nil
        var gone: Set<ObjectID> = []
        for _ in 0..<4 {
            var first: [[UInt8]: PDFObject] = [:]
            var replacements: [ObjectID: PDFObject] = [:]
            for number in numbers {
                let object = document.object(number)
                guard let identity = object.identity, !gone.contains(identity),
                    let key = key(of: object, keepsForms)
                else { continue }
                if let kept = first[key.digest] {
                    replacements[identity] = kept
                    gone.insert(identity)
                    savedBytes += key.bytes
                    merged += 1
                } else {
                    first[key.digest] = object
                }
            }
            if replacements.isEmpty { return }
            for number in numbers { redirect(document.object(number), replacements, depth: 0) }
        }
    }

    /// Only streams that nobody edits in place; a form's appearances belong to one widget each.
    private func key(of object: PDFObject, _ keepsForms: Bool) -> (digest: [UInt8], bytes: Int)? {
        guard object.isStream, let dictionary = object.dictionary else { return nil }
        let type = dictionary["/Type"]?.name
        guard type != "/Metadata", type != "/XRef", type != "/ObjStm", type != "/EmbeddedFile",
            !(keepsForms && dictionary["/Subtype"]?.name == "/Form")
        else { return nil }
        // A stream that cannot be read completely is not compared, hence not merged.
        guard let stored = try? object.storedBytes(), stored.count > 64, dictionary.hasReadableKeys else { return nil }
        var text = sha256(stored)
        for key in dictionary.keys where key != "/Length" {
            text += Array(key.utf8) + [0] + (dictionary[key]?.text ?? []) + [0]
        }
        return (sha256(text), stored.count)
    }

    private func redirect(_ container: PDFObject, _ replacements: [ObjectID: PDFObject], depth: Int) {
        guard depth < 64 else { return }
        if container.isArray {
            for (index, item) in container.items.enumerated() {
                if let kept = item.identity.flatMap({ replacements[$0] }) {
                    container.setItem(index, kept)
                } else if item.identity == nil {
                    redirect(item, replacements, depth: depth + 1)
                }
            }
        } else if let dictionary = container.dictionary {
            for key in dictionary.keys {
                guard let value = dictionary[key] else { continue }
                if let kept = value.identity.flatMap({ replacements[$0] }) {
                    dictionary.set(key, kept)
                } else if value.identity == nil {
                    redirect(value, replacements, depth: depth + 1)
                }
            }
        }
    }
}
