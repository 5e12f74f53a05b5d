import Compression
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import OpsModel
import ServiceLifecycle

/// `GET /api/v1/jobs/{id}` and its events.
struct JobRoutes {
    let parts: AppParts

    func add(to router: some RouterMethods<AppContext>) {
        router.get("/api/v1/jobs/{id}") { _, context in
            try Response.json(document(try await parts.job(in: context)))
        }
        router.get("/api/v1/jobs/{id}/events") { request, context in
            let job = try await parts.job(in: context)
            let seen = request.headers[.lastEventID]
            // A client that has seen the end and reconnects is told to stop (HTML Standard, 9.2).
            if job.status.isFinal, seen == eventID(job) { return Response(status: .noContent) }
            return stream(job, seen: seen)
        }
    }

    private func document(_ job: Job) -> JobDocument {
        JobDocument(job, signer: parts.signer, retention: parts.configuration.limits.retention)
    }

    /// The same state has the same identifier in every instance.
    private func eventID(_ job: Job) -> String {
        let progress = job.status == .processing ? job.progress : nil
        return "\(job.attempts).\(job.status.rawValue).\(progress.map { "\($0.stage)-\($0.done)" } ?? "")"
    }

    private func stream(_ job: Job, seen: String?) -> Response {
        let headers: HTTPFields = [
            .contentType: "text/event-stream", .cacheControl: "no-store", .accelBuffering: "no",
        ]
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                try await parts.watcher.watching(job.id) { states in
                    var feed = EventFeed(last: seen)
                    try await write(job, &feed, &writer)
                    if !job.status.isFinal {
                        for await state in states {
                            if Task.isShuttingDownGracefully { break }
                            try await write(state, &feed, &writer)
                            if state.status.isFinal { break }
                        }
                    }
                }
                try await writer.finish(nil)
            })
    }

    private struct EventFeed {
        var last: String?
        var lastWrite = ContinuousClock.now
    }

    private func write(_ job: Job, _ feed: inout EventFeed, _ writer: inout any ResponseBodyWriter) async throws {
        let id = eventID(job)
        if id != feed.last {
            let data = String(decoding: try canonicalJSON(document(job)), as: UTF8.self)
            try await writer.write(
                ByteBuffer(string: "id: \(id)\nevent: \(job.status.rawValue)\ndata: \(data)\n\n"))
            feed.last = id
            feed.lastWrite = .now
        } else if feed.lastWrite.duration(to: .now) >= .seconds(15) {
            try await writer.write(ByteBuffer(string: ": still here\n\n"))
            feed.lastWrite = .now
        }
    }
}

extension AppParts {
    /// The job that the address names, with its progress. - Throws: `Problem.jobNotFound`.
    func job(in context: AppContext) async throws -> Job {
        let id = try context.parameters.require("id")
        guard JobID.isValid(id), var job = try await jobs.find(String(id)) else { throw Problem.jobNotFound() }
        if job.status == .processing, let progress = await board.progress(of: [job.id])[job.id] {
            job.progress = progress
        }
        return job
    }
}
