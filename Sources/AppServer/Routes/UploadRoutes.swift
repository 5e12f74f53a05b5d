import BucketClient
import Compression
import HTTPTypes
import Hummingbird
import NIOCore
import OpsModel

/// `POST /api/v1/pdf/compress` and `POST /api/v1/image/compress`.
struct UploadRoutes {
    let parts: AppParts

    func add(to router: some RouterMethods<AppContext>) {
        router.post("/api/v1/pdf/compress") { request, _ in try await accept(request, .pdf) }
        router.post("/api/v1/image/compress") { request, _ in try await accept(request, .image) }
    }

    /// Answers 202 only when file and row are stored; on any other way out nothing of the upload is left.
    private func accept(_ request: Request, _ family: UploadFamily) async throws -> Response {
        guard try await parts.jobs.queuedCount() < parts.configuration.limits.maximumQueuedJobs else {
            throw Problem(
                .serviceUnavailable, "queue_full", "Too many files are waiting", "Try again in a little while.",
                retryAfter: 10)
        }
        let file = try SpoolFile(path: parts.spool.newPath())
        defer { file.remove() }
        let receiver = UploadReceiver(family: family, limit: parts.configuration.limits.maximumUploadBytes)
        let received = try await receiver.receive(request, into: file)
        if received.kind == .pdf { try await parts.inspector.inspect(path: file.path, bytes: received.bytes) }
        let id = JobID.make()
        try await store(received, at: file.path, as: id)
        parts.metrics.add(Double(received.bytes), to: .bytesReceived)
        parts.queueBell.ring()
        return try accepted(id)
    }

    private func store(_ received: ReceivedFile, at path: String, as id: String) async throws {
        let key = Job.inputKey(id)
        try await parts.transfers.passing {
            try await parts.bucket.put(key, .file(path: path), contentType: received.kind.contentType)
        }
        do {
            try await parts.jobs.insert(
                id: id, kind: received.kind, preset: received.preset, filename: received.filename, bytes: received.bytes
            )
        } catch {
            // Whether the row exists is unknown after a lost connection: the object stays then, for the sweeper to judge.
            if try await parts.jobs.find(id) == nil { try await parts.bucket.delete(key) }
            throw error
        }
    }

    private struct Accepted: Encodable {
        let id: String
        let status: JobStatus
        let links: JobDocument.Links
    }

    private func accepted(_ id: String) throws -> Response {
        let path = "/api/v1/jobs/\(id)"
        let document = Accepted(
            id: id, status: .queued, links: .init(self: path, events: "\(path)/events", download: nil))
        var response = try Response.json(document, status: .accepted)
        response.headers[.location] = path
        return response
    }
}

extension Response {
    static func json(
        _ value: some Encodable, status: HTTPResponse.Status = .ok, type: String = "application/json"
    ) throws -> Response {
        Response(
            status: status, headers: [.contentType: type],
            body: .init(byteBuffer: ByteBuffer(bytes: try canonicalJSON(value))))
    }
}
