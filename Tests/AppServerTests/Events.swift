import HTTPClient

/// Server-sent events as a client reads them.
struct Events {
    struct Event {
        var id = ""
        var name = ""
        var data = ""
    }

    /// Follows a job to the end of its stream.
    static func all(_ app: AppProcess, _ id: String) async throws -> [Event] {
        let response = try await app.get("/api/v1/jobs/\(id)/events")
        guard response.status == 200, response.header("content-type") == "text/event-stream" else {
            throw Refused(text: response.text)
        }
        return response.text.split(separator: "\n\n").filter { !$0.hasPrefix(":") }.map { block in
            var event = Event()
            for line in block.split(separator: "\n") {
                if line.hasPrefix("id: ") { event.id = String(line.dropFirst(4)) }
                if line.hasPrefix("event: ") { event.name = String(line.dropFirst(7)) }
                if line.hasPrefix("data: ") { event.data = String(line.dropFirst(6)) }
            }
            return event
        }
    }

    static func order(_ name: String) -> Int {
        ["queued", "processing", "completed", "failed"].firstIndex(of: name) ?? 9
    }
}
