import BucketClient
import Blocking
import Compression
import Foundation
import Glibc
import HTTPTypes
import Hummingbird
import NIOCore

/// `GET /api/v1/jobs/{id}/download?expires=&signature=`.
struct DownloadRoute {
    /// A client that takes nothing for so long is cut off: it holds a file and one of few places.
    private static let patience: Duration = .seconds(30)

    let parts: AppParts

    func add(to router: some RouterMethods<AppContext>) {
        router.get("/api/v1/jobs/{id}/download") { request, context in
            let id = String(try context.parameters.require("id"))
            try checkSignature(request, id)
            let job = try await parts.job(in: context)
            if let failure = job.failure {
                throw Problem(.unprocessableContent, failure.code, "The file could not be compressed", failure.message)
            }
            guard job.status == .completed else {
                throw Problem(
                    .conflict, "job_not_finished", "The file is not ready yet", "Its job is \(job.status.rawValue).",
                    retryAfter: 1)
            }
            return request.method == .head ? head(of: job) : try await send(job)
        }
    }

    private func checkSignature(_ request: Request, _ id: String) throws(Problem) {
        let query = request.uri.queryParameters
        switch parts.signer.verify(
            id: id, expires: query["expires"].map(String.init), signature: query["signature"].map(String.init))
        {
        case .valid: return
        case .expired:
            throw Problem(
                .forbidden, "url_expired", "The link has expired", "Ask the job for a fresh one: GET /api/v1/jobs/\(id)"
            )
        case .forged:
            throw Problem(.forbidden, "bad_signature", "The link is not valid", "It was altered or cut short.")
        }
    }

    private func fields(_ job: Job) -> HTTPFields {
        let name = ClientFileName.forDownload(job.filename, kind: job.kind)
        return [
            .contentType: job.kind.contentType, .contentDisposition: ClientFileName.disposition(name),
            .cacheControl: "private, max-age=3600, immutable", .contentSecurityPolicy: "default-src 'none'; sandbox",
        ]
    }

    /// What a download would say, without fetching anything.
    private func head(of job: Job) -> Response {
        var headers = fields(job)
        headers[.contentLength] = job.report.map { String($0.outputBytes) }
        return Response(status: .ok, headers: headers, body: .init())
    }

    private func send(_ job: Job) async throws -> Response {
        let pass = try parts.downloads.enter()
        let path = parts.spool.newPath()
        defer { unlink(path) }  // the open descriptor keeps the content until it is sent
        do {
            try await parts.transfers.passing { try await parts.bucket.download(Job.outputKey(job.id), to: path) }
        } catch BucketError.absent {
            throw Problem.jobNotFound()
        }
        let file = try OutgoingFile(path: path, pass: pass)
        let metrics = parts.metrics
        return Response(
            status: .ok, headers: fields(job),
            body: ResponseBody(contentLength: file.count) { writer in
                // Sound: a handle to the connection, used by one task at a time, since we wait for each write.
                nonisolated(unsafe) var connection = writer
                while let piece = try await file.next() {
                    try await within(Self.patience) { try await connection.write(ByteBuffer(bytes: piece)) }
                    metrics.add(Double(piece.count), to: .bytesSent)
                }
                try await writer.finish(nil)
            })
    }
}

/// A file read piece by piece off the cooperative pool. Pieces are small, so that a slow client takes one within its time.
private final class OutgoingFile: Sendable {
    let count: Int
    private let descriptor: Int32
    private let pass: TransferPass

    init(path: String, pass: TransferPass) throws {
        self.pass = pass
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        var facts = stat()
        guard descriptor >= 0, fstat(descriptor, &facts) == 0 else {
            throw AppServerError.spool(action: "read a result", path: path, why: String(cString: strerror(errno)))
        }
        count = Int(facts.st_size)
    }

    deinit { close(descriptor) }

    func next() async throws -> [UInt8]? {
        let piece = try await blocking(timeout: .seconds(60)) { _ in
            try [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
                let result = read(self.descriptor, buffer.baseAddress, buffer.count)
                guard result >= 0 else {
                    throw AppServerError.spool(
                        action: "read a result", path: "spool", why: String(cString: strerror(errno)))
                }
                count = result
            }
        }
        return piece.isEmpty ? nil : piece
    }
}
