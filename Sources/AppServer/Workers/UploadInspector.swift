import Compression
import Database
import HTTPTypes

/// Opens an uploaded PDF in a sandboxed process before it is accepted, so that hopeless files are refused at once.
struct UploadInspector: Sendable {
    private static let patience: Duration = .seconds(10)

    let child: CompressionChild
    /// Uploads may come by the hundred; processes must not.
    private let permits = Permits(4)

    init(child: CompressionChild) { self.child = child }

    /// - Throws: `Problem` when the file cannot be worked on whatever is tried.
    func inspect(path: String, bytes: Int) async throws {
        guard try await permits.acquire(timeout: Self.patience) else { throw Problem.busy() }
        defer { permits.release() }
        let request = CompressionRequest(inputPath: path, outputPath: "/dev/null", kind: .pdf)
        switch try await child.run(.inspect, request, .inspection(inputBytes: bytes), onProgress: { _ in }) {
        case .report(let report) where report.reason == .passwordRequired:
            throw Problem(
                .unprocessableContent, "password_required", "The PDF is protected by a password",
                "Remove the password and upload it again.")
        case .failure("unreadable", let why):
            throw Problem(
                .unprocessableContent, "unreadable", "The PDF cannot be read", "It is damaged or cut short: \(why).")
        case .failure("limit_exceeded", let why):
            throw Problem(.unprocessableContent, "limit_exceeded", "The PDF is beyond a limit", why)
        // Anything else is for the job itself to find out, with more time and several attempts.
        case .report, .failure, .crashed: return
        }
    }
}
