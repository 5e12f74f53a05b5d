import Foundation

/// The `<Code>` of an S3 error document; nil when the text is none.
package func s3ErrorCode(_ document: String) -> String? { s3Element("Code", in: document) }

/// The text of the first element of this name; nil when there is none.
package func s3Element(_ name: String, in document: String) -> String? {
    guard let start = document.range(of: "<\(name)>"),
        let end = document.range(of: "</\(name)>", range: start.upperBound..<document.endIndex)
    else { return nil }
    return String(document[start.upperBound..<end.lowerBound])
}
