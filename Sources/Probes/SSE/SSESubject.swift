import Foundation
import HTTPClient
package import OpsModel

/// What is expected of a stream of server-sent events.
package struct SSEExpectation: Codable, Sendable {
    package enum IDRule: String, Codable, Sendable, CaseIterable { case increasing, unique }

    /// Without credentials.
    package var place: String
    /// Seconds that the stream is watched.
    package var watch: Double
    package var authorityFile: String?
    package var ids: IDRule?
    /// Name of an event that must come.
    package var event: String?
    /// What its data must be.
    package var data: ValueMatcher?
    /// Seconds without an event or a comment that are too long; nil: not asked for.
    package var heartbeat: Double?

    package init(url: String, watch: Duration = .seconds(5), authorityFile: String? = nil) {
        (place, self.watch, self.authorityFile) = (printableURL(url), watch.seconds, authorityFile)
    }
}

/// What a stream showed while it was watched; times count from the request.
package struct SSESnapshot: Codable, Sendable, Equatable {
    package var head: Observation<Head>
    package var events: [Event] = []
    /// When events and comments came, in seconds.
    package var signs: [Double] = []
    /// How long it was watched.
    package var seconds: Double = 0
    /// Whether the server ended it.
    package var hasEnded = false

    package struct Head: Codable, Sendable, Equatable {
        package var status: Int
        package var contentType: String
        package var remoteSeconds: Double
    }

    package struct Event: Codable, Sendable, Equatable {
        package var name: String
        package var id: String?
        package var at: Double
        /// The beginning of the data, of events whose name is asked for only.
        package var data: String?
    }
}

/// A stream of server-sent events.
package struct SSESubject: ProbeSubject {
    package static let kind = "sse"
    package static let checks: [CheckDefinition] = [
        CheckDefinition("connect", "Does the server answer with status 200?", why: "nothing else works without it"),
        CheckDefinition(
            "content_type", "Is it text/event-stream?", why: "browsers close any other stream at once"),
        CheckDefinition(
            "first_event", "Does the first event come in time?", why: "a stream that is silent looks like a dead one",
            in: .thoroughAndGate, limits: .atMost(warn: 2, fail: 5, "s")),
        CheckDefinition(
            "heartbeat", "Is no pause between two signs of life too long?",
            why: "proxies close idle streams, commonly after 60 s", in: .thoroughAndGate,
            limits: .atMost(warn: 15, fail: 60, "s")),
        CheckDefinition(
            "ids", "Are the ids what a client needs to resume?",
            why: "Last-Event-ID with equal or falling ids repeats or loses events", in: .thoroughAndGate),
        CheckDefinition(
            "event", "Does the expected event come?", why: "a stream can live without its purpose",
            in: .thoroughAndGate),
        CheckDefinition(
            "buffering", "Do events come one by one, not all at the end?",
            why: "a proxy that buffers turns live news into old news", in: .thoroughAndGate),
    ]

    /// May carry credentials.
    private let url: Secret
    private let headers: [(name: String, value: Secret)]
    package let expectation: SSEExpectation

    package init(url: Secret, headers: [(name: String, value: Secret)] = [], _ expectation: SSEExpectation) {
        (self.url, self.headers, self.expectation) = (url, headers, expectation)
    }

    package var endpoint: String { expectation.place }
    private var host: String { URLComponents(string: url.reveal())?.host ?? "" }
    package var hosts: [String] { hostNames(host) }

    package func look(_ visit: Visit) async -> SSESnapshot {
        do { try LookFailure.refuseUnusable(authorityFile: expectation.authorityFile) } catch {
            return SSESnapshot(head: .failed(error))
        }
        // A glance shows the head; the stream itself is watched only where its checks are asked for.
        let isGlance = !visit.asks("first_event", "heartbeat", "ids", "event", "buffering")
        let watch = min(Duration.seconds(expectation.watch), visit.time.forLooking)
        let log = SSELog(dataOf: expectation.event, isGlance: isGlance)
        var request = HTTPRequest(
            "GET", url.reveal(),
            headers: [("Accept", "text/event-stream"), ("Cache-Control", "no-cache")]
                + headers.map { ($0.name, $0.value.reveal()) },
            sink: .each { log.take($0) }, timeout: watch, authorityFile: expectation.authorityFile)
        (request.addresses, request.usesFreshConnection) = (visit.addresses[host] ?? [], true)
        request.onHead = { log.take($0) }
        do {
            _ = try await visit.http.send(request)
            return log.snapshot(hasEnded: !isGlance, failure: nil)
        } catch HTTPError.timedOut(let url, let phase) {
            return log.snapshot(hasEnded: false, failure: LookFailure(HTTPError.timedOut(url: url, phase: phase)))
        } catch {
            return log.snapshot(hasEnded: true, failure: LookFailure(error))
        }
    }

    package static func judge(_ snapshot: SSESnapshot, _ expectation: SSEExpectation, _ sheet: inout CheckSheet) {
        snapshot.judge(expectation, &sheet)
    }
}

extension Set<ProbeProfile> {
    /// Takes as long as the stream is watched.
    fileprivate static let thoroughAndGate: Self = [.deployGate, .deep]
}
