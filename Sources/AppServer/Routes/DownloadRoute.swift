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
            return try await send(job)
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

    private func send(_ job: Job) async throws -> Response {
        let path = parts.spool.newPath()
        defer { unlink(path) }  // the open descriptor keeps the content until it is sent
        do {
            try await parts.transfers.passing { try await parts.bucket.download(Job.outputKey(job.id), to: path) }
        } catch BucketError.absent {
            throw Problem.jobNotFound()
        }
        let file = try OutgoingFile(path: path)
        let name = ClientFileName.forDownload(job.filename, kind: job.kind)
        let metrics = parts.metrics
        return Response(
            status: .ok,
            headers: [
                .contentType: job.kind.contentType,
                .contentDisposition: ClientFileName.disposition(name),
                .cacheControl: "private, max-age=3600, immutable",
                .contentSecurityPolicy: "default-src 'none'; sandbox",
            ],
            body: ResponseBody(contentLength: file.count) { writer in
                while let piece = try await file.next() {
                    try await writer.write(ByteBuffer(bytes: piece))
                    metrics.add(Double(piece.count), to: .bytesSent)
                }
                try await writer.finish(nil)
            })
    }
}

/// A file read piece by piece off the cooperative pool.
private final class OutgoingFile: Sendable {
    let count: Int
    private let descriptor: Int32

    init(path: String) throws {
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
            try [UInt8](unsafeUninitializedCapacity: 256 << 10) { buffer, count in
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
