import Foundation
package import HTTPClient
import OpsModel

/// Asks candidate and baseline the same at the same moment and compares the results, for services with too little traffic to
/// judge a release by it.
package struct GoldenProbe: Sendable {
    /// What is asked; the response of the last step is compared.
    package struct Request: Sendable, Equatable {
        package var name: String
        package var steps: [SmokeStep]
        package var cleanup: [SmokeStep] = []
        /// `pdf`, `image` or `any`; nil: as the content type says.
        package var result: String?
        /// Capture that holds the count of pages; nil: it is counted.
        package var pagesCapture: String?

        package init(name: String, steps: [SmokeStep]) { (self.name, self.steps) = (name, steps) }
    }

    package struct Settings: Sendable, Equatable {
        package var requests: [Request]
        /// Times that each request is sent to both.
        package var rounds = 7
        /// Share by which sizes may differ, in either direction.
        package var sizeTolerance = 0.01
        /// A side that takes longer than this times the other one's time is slow.
        package var timeRatio = 1.5

        package init(requests: [Request]) { self.requests = requests }
    }

    private let settings: Settings
    private let http: HTTPClient
    private let clock: any Clock<Duration>

    package init(_ settings: Settings, http: HTTPClient, clock: any Clock<Duration> = ContinuousClock()) {
        (self.settings, self.http, self.clock) = (settings, http, clock)
    }

    /// - Throws: `CancellationError`, once the cleanup has run.
    package func run(candidate: SmokeSuite.Subject, baseline: SmokeSuite.Subject) async throws -> GoldenReport {
        var pairs: [GoldenReport.Pair] = []
        var leftBehind: [String] = []
        for round in 1...max(1, settings.rounds) {
            for request in settings.requests {
                async let one = side(request, candidate)
                async let other = side(request, baseline)
                let (left, right) = try await (one, other)
                leftBehind += left.leftBehind.map { "candidate, \($0)" } + right.leftBehind.map { "baseline, \($0)" }
                pairs.append(
                    .init(
                        request: request.name, round: round, candidate: left.side, baseline: right.side,
                        differences: differences(left.side, right.side)))
            }
        }
        return GoldenReport(pairs, leftBehind: leftBehind, settings)
    }

    private func side(
        _ request: Request, _ subject: SmokeSuite.Subject
    ) async throws -> (side: GoldenReport.Side, leftBehind: [String]) {
        var suite = SmokePlan.Suite(name: request.name, steps: request.steps)
        suite.cleanup = request.cleanup
        var walk = SmokeWalk(suite: suite, sender: SmokeSender(http: http, subject: subject, clock: clock))
        let results = try await walk.run()
        let steps = results.filter { !$0.isCleanup }
        var side = GoldenReport.Side(elapsedMilliseconds: steps.reduce(0) { $0 + $1.elapsedMilliseconds })
        if let response = walk.response {
            (side.status, side.bytes) = (response.status, response.body.count)
            side.contentType = response.header("content-type")
        }
        if let bad = steps.first(where: { $0.verdict != .pass }) {
            side.fault = "\(bad.step): \(bad.observed)"
            side.isInconclusive = bad.verdict == .inconclusive
        } else if let response = walk.response {
            side.fault = GoldenContent.fault(
                of: response.body, type: side.contentType, kind: request.result.flatMap(GoldenContent.Kind.init))
            side.pages = pages(request, walk, response)
        }
        let left = results.filter { $0.isCleanup && $0.verdict != .pass }.map { "\($0.step): \($0.observed)" }
        return (side, left)
    }

    private func pages(_ request: Request, _ walk: SmokeWalk, _ response: HTTPResponse) -> Int? {
        if let capture = request.pagesCapture { return walk.captured[capture].flatMap { Int($0) } }
        return response.body.starts(with: Array("%PDF-".utf8)) ? GoldenContent.pages(of: response.body) : nil
    }

    private func differences(_ candidate: GoldenReport.Side, _ baseline: GoldenReport.Side) -> [String] {
        guard candidate.fault == nil, baseline.fault == nil else { return [] }
        var found: [String] = []
        if candidate.status != baseline.status {
            found.append("status \(text(candidate.status)), baseline \(text(baseline.status))")
        }
        if candidate.contentType != baseline.contentType {
            found.append("type \(candidate.contentType ?? "none"), baseline \(baseline.contentType ?? "none")")
        }
        if candidate.pages != baseline.pages {
            found.append("\(text(candidate.pages)) pages, baseline \(text(baseline.pages))")
        }
        if let one = candidate.bytes, let other = baseline.bytes,
            Double(abs(one - other)) > settings.sizeTolerance * Double(other)
        {
            found.append("\(one) bytes, baseline \(other)")
        }
        return found
    }

    private func text(_ count: Int?) -> String { count.map(String.init) ?? "unknown" }
}
