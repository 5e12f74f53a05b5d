import Foundation

/// Reads a ListObjectsV2 answer (S3 API Reference). The elements of interest hold text only, in a fixed nesting.
enum ListingParser {
    static func objects(in bytes: [UInt8], location: String) throws(BucketError) -> [ObjectFacts] {
        let document = String(decoding: bytes, as: UTF8.self)
        guard document.contains("<ListBucketResult") else {
            throw .unreadable(location: location, why: "not a ListBucketResult: \(document.prefix(120))")
        }
        var objects: [ObjectFacts] = []
        for part in document.components(separatedBy: "<Contents>").dropFirst() {
            guard let key = s3Element("Key", in: part), let size = s3Element("Size", in: part).flatMap({ Int($0) }),
                let modified = s3Element("LastModified", in: part)
            else { throw .unreadable(location: location, why: "an entry without key, size or date") }
            objects.append(ObjectFacts(key: unescaped(key), bytes: size, modified: modified))
        }
        return objects
    }

    private static func unescaped(_ text: String) -> String {
        text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"").replacing(
            "&#39;", with: "'"
        )
        .replacing("&apos;", with: "'").replacing("&amp;", with: "&")
    }
}
