import Compression
import HTTPTypes
import Hummingbird
import NIOCore

/// What one endpoint takes.
enum UploadFamily: String, Sendable {
    case pdf, image

    var kinds: [MediaKind] { self == .pdf ? [.pdf] : [.jpeg, .png] }
    var words: String { self == .pdf ? "a PDF" : "a JPEG or PNG image" }
}

/// A file that lies complete in the spool.
struct ReceivedFile: Sendable {
    var kind: MediaKind
    var preset: CompressionPreset
    var filename: String?
    var bytes: Int
}

/// Streams one request body into a spool file, with constant memory, and judges it while it comes.
struct UploadReceiver {
    /// Room for boundaries and part headers on top of the file itself.
    static let multipartOverhead = 64 << 10

    let family: UploadFamily
    let limit: Int

    /// - Throws: `Problem`. The spool file is the caller's to remove, also after a success.
    func receive(_ request: Request, into file: SpoolFile) async throws -> ReceivedFile {
        let type = try mediaType(of: request)
        let isMultipart = type.name == "multipart/form-data"
        if let length = request.headers[.contentLength].flatMap({ Int($0) }) {
            guard length <= limit + (isMultipart ? Self.multipartOverhead : 0) else {
                throw Problem.tooLarge(limit: limit)
            }
        }
        var facts = UploadFacts(preset: request.uri.queryParameters["preset"].map(String.init))
        if isMultipart {
            try await receiveForm(request, boundary: type.boundary, into: file, &facts)
        } else {
            facts.filename = request.headers[.contentDisposition].flatMap { ContentDisposition($0).filename }
            try await receiveRaw(request, into: file)
        }
        try await file.flush()
        let kind = try judged(file, isWhole: true)
        return ReceivedFile(
            kind: kind, preset: try facts.chosenPreset(), filename: ClientFileName.sanitised(facts.filename),
            bytes: file.count)
    }

    private func receiveRaw(_ request: Request, into file: SpoolFile) async throws {
        try await interruptible {
            for try await piece in request.body { try await take(piece.readableBytesView, into: file) }
        }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length != file.count {
            throw Problem.badRequest("upload_interrupted", "The upload ended before all announced bytes had come.")
        }
    }

    private func receiveForm(
        _ request: Request, boundary: String?, into file: SpoolFile, _ facts: inout UploadFacts
    ) async throws {
        guard let boundary else {
            throw Problem.badRequest("invalid_multipart", "The Content-Type names no boundary of 1 to 70 characters.")
        }
        var form = UploadForm(boundary: boundary)
        try await interruptible {
            var total = 0
            for try await piece in request.body {
                total += piece.readableBytes
                guard total <= limit + Self.multipartOverhead else { throw Problem.tooLarge(limit: limit) }
                for content in try form.feed(piece.readableBytesView) { try await take(content, into: file) }
            }
        }
        facts = try form.finish(facts)
    }

    private func take(_ bytes: some Collection<UInt8>, into file: SpoolFile) async throws {
        guard file.count + bytes.count <= limit else { throw Problem.tooLarge(limit: limit) }
        let before = file.count
        try await file.write(bytes)
        if before < SpoolFile.headSize, file.count >= SpoolFile.headSize { _ = try judged(file, isWhole: false) }
    }

    /// Tells the kind by the first bytes, whatever the client called it.
    private func judged(_ file: SpoolFile, isWhole: Bool) throws(Problem) -> MediaKind {
        guard file.count > 0 else { throw .emptyFile() }
        guard let kind = MediaKind.detect(prefix: file.head) else {
            throw .unsupportedType("The content is not \(family.words), whatever its name says.")
        }
        guard family.kinds.contains(kind) else {
            throw .unsupportedType("The content is \(kind.rawValue.uppercased()); this address takes \(family.words).")
        }
        return kind
    }

    /// A connection that breaks during the upload is the client's doing, not an error of ours.
    private func interruptible(_ body: () async throws -> Void) async throws {
        do { try await body() } catch let error as Problem { throw error } catch let error as AppServerError {
            throw error
        } catch {
            throw Problem.badRequest("upload_interrupted", "The connection ended during the upload.")
        }
    }
}
