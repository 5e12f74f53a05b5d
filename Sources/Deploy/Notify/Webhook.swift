import Foundation
package import HTTPClient
package import OpsModel

/// An HTTP endpoint that is told about deploys.
package struct Webhook: Sendable {
    /// May hold a token: never printed.
    private let url: Secret
    private let key: Secret
    package let events: Set<DeployNotice.Event>
    /// Longest time from a notice's posting to its last try: a dead receiver holds up the end of a deploy no longer.
    package let deadline: Duration
    private let authorityFile: String?

    package init(
        url: Secret, key: Secret, events: Set<DeployNotice.Event> = Set(DeployNotice.Event.allCases),
        deadline: Duration = .seconds(30), authorityFile: String? = nil
    ) {
        (self.url, self.key, self.events) = (url, key, events)
        (self.deadline, self.authorityFile) = (deadline, authorityFile)
    }

    /// Host and port, without path and credentials.
    package var receiver: String {
        guard let parts = URLComponents(string: url.reveal()), let host = parts.host else { return "***" }
        return parts.port.map { "\(host):\($0)" } ?? host
    }

    /// Tries until it is taken (2xx), refused for good (other 4xx than 408 and 429), or the deadline is over.
    /// - Returns: nil when it was taken.
    func deliver(
        _ notice: DeployNotice, postedAt start: ContinuousClock.Instant, http: HTTPClient,
        clock: any Clock<Duration>, now: @Sendable () -> Date
    ) async -> UndeliveredNotice? {
        let end = start + deadline
        var (tries, why, pause) = (0, "the time was over before the first try", Duration.milliseconds(500))
        do {
            let body = Array(try canonicalJSON(notice))
            while true {
                let left = end - ContinuousClock.now
                guard left > .zero else { break }
                tries += 1
                let answer = try await once(body, http, within: min(left, .seconds(10)), at: now())
                guard let fault = answer.fault else { return nil }
                why = fault
                guard answer.isWorthRepeating, ContinuousClock.now + pause < end else { break }
                try await clock.sleep(for: pause)
                pause = min(pause * 2, .seconds(10))
            }
        } catch is CancellationError {
            why = "cancelled; before: \(why)"
        } catch { why = "\(type(of: error))" }
        return UndeliveredNotice(event: notice.event, receiver: receiver, tries: tries, why: why)
    }

    private func once(
        _ body: [UInt8], _ http: HTTPClient, within limit: Duration, at time: Date
    ) async throws -> (fault: String?, isWorthRepeating: Bool) {
        let signature = NoticeSignature.value(key: key, time: Int(time.timeIntervalSince1970), body: body)
        let request = HTTPRequest(
            "POST", url.reveal(),
            headers: [("Content-Type", "application/json"), (NoticeSignature.header, signature)],
            body: .bytes(body), sink: .memory(limit: 1 << 20), timeout: limit, authorityFile: authorityFile)
        do {
            let status = try await http.send(request).status
            if (200..<300).contains(status) { return (nil, false) }
            return ("status \(status)", status >= 500 || status == 408 || status == 429)
        } catch HTTPError.cancelled {
            throw CancellationError()
        } catch let error as HTTPError {
            // Only what happened: `why` and `place` may spell the URL.
            let isMistake = if case .configuration = error { true } else { false }
            return (error.diagnostic.what, !isMistake)
        }
    }
}
