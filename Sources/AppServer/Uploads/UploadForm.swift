import Compression
import HTTPTypes
import Hummingbird

/// What an upload says about itself besides its content.
struct UploadFacts {
    var preset: String?
    var filename: String?

    func chosenPreset() throws(Problem) -> CompressionPreset {
        guard let preset else { return .balanced }
        guard let known = CompressionPreset(rawValue: preset) else {
            let names = CompressionPreset.allCases.map(\.rawValue).joined(separator: ", ")
            throw .badRequest("unknown_preset", "The preset is not one of: \(names).")
        }
        return known
    }
}

/// The form of an upload: one part `file`, optionally one `preset`.
struct UploadForm {
    private enum Part { case none, file, preset, ignored }

    private var parser: MultipartParser
    private var current = Part.none
    private var parts = 0
    private var hasFile = false
    private var filename: String?
    private var preset: [UInt8]?

    init(boundary: String) { parser = MultipartParser(boundary: boundary) }

    /// Takes a piece of the body; returns what of it is the file's content.
    mutating func feed(_ bytes: some Collection<UInt8>) throws(Problem) -> [[UInt8]] {
        var content: [[UInt8]] = []
        do {
            for event in try parser.feed(bytes) {
                if let piece = try take(event) { content.append(piece) }
            }
        } catch MultipartParser.Failure.malformed(let why) {
            throw .badRequest("invalid_multipart", "The form cannot be read: \(why).")
        } catch let problem as Problem {
            throw problem
        } catch {
            throw .badRequest("invalid_multipart", "The form cannot be read.")
        }
        return content
    }

    private mutating func take(_ event: MultipartParser.Event) throws(Problem) -> [UInt8]? {
        switch (event, current) {
        case (.part(let headers), _): try begin(headers)
        case (.partEnd, _): current = .none
        case (.content(let bytes), .file): return bytes
        case (.content(let bytes), .preset):
            preset = (preset ?? []) + bytes
            guard (preset ?? []).count <= 64 else {
                throw .badRequest("unknown_preset", "The preset's name is too long.")
            }
        case (.content, _): break
        }
        return nil
    }

    private mutating func begin(_ headers: MultipartParser.PartHeaders) throws(Problem) {
        parts += 1
        guard parts <= 16 else { throw .badRequest("invalid_multipart", "The form has more than 16 parts.") }
        switch headers.name {
        case "file":
            guard !hasFile else {
                throw .badRequest("too_many_files", "Send one file a request; several requests may run at once.")
            }
            (hasFile, filename, current) = (true, headers.filename, .file)
        case "preset": current = .preset
        default: current = .ignored
        }
    }

    /// Judges the form as a whole, when the body has ended.
    func finish(_ facts: UploadFacts) throws(Problem) -> UploadFacts {
        guard parser.isComplete else {
            throw .badRequest("invalid_multipart", "The form ends without its closing boundary.")
        }
        guard hasFile else { throw .badRequest("missing_file", "The form has no part called `file`.") }
        let named = preset.map { String(decoding: $0, as: UTF8.self) }
        return UploadFacts(preset: named ?? facts.preset, filename: filename)
    }
}

extension UploadReceiver {
    /// The request's content type, if it is one that uploads may have.
    func mediaType(of request: Request) throws(Problem) -> (name: String, boundary: String?) {
        let text = request.headers[.contentType] ?? "application/octet-stream"
        let name = text.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        let accepted = ["multipart/form-data", "application/octet-stream"] + family.kinds.map(\.contentType)
        guard accepted.contains(name) else {
            throw .unsupportedType(
                "The Content-Type `\(name.prefix(80))` is not one of: \(accepted.joined(separator: ", ")).")
        }
        guard name == "multipart/form-data" else { return (name, nil) }
        let boundary = ContentDisposition(text).parameters["boundary"]
        return (name, boundary.flatMap { (1...70).contains($0.utf8.count) ? $0 : nil })
    }
}
