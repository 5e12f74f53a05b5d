import Cryptography
import Foundation

/// Writes `multipart/form-data` (RFC 7578, names escaped as the WHATWG's HTML standard does).
package enum SmokeForm {
    package struct Part: Sendable, Equatable {
        package enum Content: Sendable, Equatable {
            /// May hold `${capture:name}`.
            case value(String)
            /// Path of a file.
            case file(String)
        }

        package var name: String
        package var content: Content
        package var fileName: String?
        package var contentType: String?

        package init(name: String, content: Content) { (self.name, self.content) = (name, content) }
    }

    struct Failure: Error { let why: String }

    /// Bytes of all files together; forms are built in memory.
    private static let sizeLimit = 256 << 20

    static func write(_ parts: [Part], filling fill: (String) -> String) throws(Failure) -> (
        type: String, body: [UInt8]
    ) {
        let boundary = "opsctl-\(hex(randomBytes(16)))"
        var body: [UInt8] = []
        for part in parts {
            body += Array("--\(boundary)\r\n\(head(part))\r\n".utf8)
            switch part.content {
            case .value(let text): body += Array(fill(text).utf8)
            case .file(let path): body += try bytes(of: path)
            }
            body += Array("\r\n".utf8)
            guard body.count <= sizeLimit else { throw Failure(why: "the form is larger than \(sizeLimit) bytes") }
        }
        return ("multipart/form-data; boundary=\(boundary)", body + Array("--\(boundary)--\r\n".utf8))
    }

    private static func head(_ part: Part) -> String {
        var disposition = "Content-Disposition: form-data; name=\"\(escaped(part.name))\""
        guard case .file(let path) = part.content else { return disposition + "\r\n" }
        disposition += "; filename=\"\(escaped(part.fileName ?? URL(filePath: path).lastPathComponent))\""
        return "\(disposition)\r\nContent-Type: \(part.contentType ?? "application/octet-stream")\r\n"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\r", with: "%0D").replacing("\n", with: "%0A").replacing("\"", with: "%22")
    }

    private static func bytes(of path: String) throws(Failure) -> [UInt8] {
        do { return Array(try Data(contentsOf: URL(filePath: path))) } catch {
            throw Failure(why: "cannot read \(path)")
        }
    }
}
