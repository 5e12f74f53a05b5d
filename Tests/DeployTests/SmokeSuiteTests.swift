import Foundation
import HTTPClient
import OpsModel
import Synchronization
import TestSupport
import Testing

@testable import Deploy

@Suite struct SmokeSuiteTests {
    private func results(
        _ plan: SmokePlan, _ url: String, headers: [(name: String, value: String)] = []
    ) async throws -> [SmokeResult] {
        try await SmokeSuite(plan, http: HTTPClient()).run(against: .init(url: url, headers: headers))
    }

    private func plan(_ steps: [SmokeStep], cleanup: [SmokeStep] = [], deadline: Duration = .seconds(30)) -> SmokePlan {
        var suite = SmokePlan.Suite(name: "one", steps: steps)
        (suite.cleanup, suite.deadline) = (cleanup, deadline)
        return SmokePlan([suite])
    }

    @Test func whatIsExpectedOfJSONHeadersAndBodiesIsJudged() async throws {
        try await SmokeServer.run { url, _ async throws in
            let good = SmokeStep("/json") { step in
                var (version, count, tags, gone, known) = (
                    SmokeMatcher(), SmokeMatcher(), SmokeMatcher(), SmokeMatcher(), SmokeMatcher()
                )
                version.matches = #"^1\.[0-9]+"#
                (count.atLeast, count.atMost) = (7, 7)
                tags.contains = "b"
                gone.exists = false
                known.oneOf = ["ready", "done"]
                step.expectation.headers = ["x-version": version, "x-powered-by": gone]
                step.expectation.json = ["/count": count, "/tags": tags, "/nothing": gone, "/status": known]
                step.expectation.bodyNotContains = ["error"]
                step.expectation.bodyMatches = #""count": \d"#
            }
            #expect(try await results(plan([good]), url).map(\.verdict) == [.pass])
            let flaws: [(String, (inout SmokeStep) -> Void)] = [
                ("header x-version is 1.4.2", { $0.expectation.headers["x-version"]?.matches = "^2" }),
                ("/count is 7, expected at least 8", { $0.expectation.json["/count"] = .atLeast(8) }),
                ("/tags is [a, b]", { $0.expectation.json["/tags"]?.contains = "c" }),
                ("/deep is {x}, expected nothing", { $0.expectation.json["/deep"] = .absent }),
                ("header etag is \"abc\", expected nothing", { $0.expectation.headers["etag"] = .absent }),
                ("/status is ready, expected one of a, b", { $0.expectation.json["/status"]?.oneOf = ["a", "b"] }),
                ("the body contains `ready`", { $0.expectation.bodyNotContains = ["absent", "ready"] }),
                ("the body does not match", { $0.expectation.bodyMatches = "^nothing$" }),
            ]
            for (observed, change) in flaws {
                var step = good
                change(&step)
                let result = try #require(try await results(plan([step]), url).first)
                #expect(result.verdict == .fail)
                #expect(result.observed.contains(observed), "\(result.observed)")
            }
        }
    }

    @Test func valuesAreCapturedFromJSONHeadersAndBodies() async throws {
        try await SmokeServer.run { url, folder async throws in
            let first = SmokeStep("/json") { $0.captures = ["tag": .header("etag"), "count": .json("/count")] }
            let second = SmokeStep("/page") { $0.captures = ["token": .body("token=([^;]+)")] }
            let third = SmokeStep("/ok?count=${capture:count}&token=${capture:token}")
            #expect(try await results(plan([first, second, third]), url).map(\.verdict) == [.pass, .pass, .pass])
            #expect(try SmokeServer.requests(folder).last == "GET /ok?count=7&token=t0k3n-1234")
            let missing = SmokeStep("/page") { $0.captures = ["x": .body("nothing=(.)")] }
            #expect(try await results(plan([missing]), url).first?.observed == "nothing stands at body:nothing=(.)")
        }
    }

    @Test(arguments: [
        ("@evil.example/x", "http://127.0.0.1:8081/@evil.example/x"),
        (".evil.example", "http://127.0.0.1:8081/.evil.example"),
        ("https://cdn.example/a?b=c", "http://127.0.0.1:8081/a?b=c"), ("files/1", "http://127.0.0.1:8081/files/1"),
        ("${capture:other}", "http://127.0.0.1:8081/${capture:other}"),
    ])
    func aCaptureChoosesAPathAndNeverAHost(_ captured: String, _ url: String) throws {
        let step = SmokeStep("${capture:place}")
        let message = try step.request.message(
            to: .init(url: "http://127.0.0.1:8081"), ["place": captured, "other": "secret"])
        #expect(message.url == url)
    }

    @Test func severalFilesTravelInOneForm() async throws {
        try await SmokeServer.run { url, folder async throws in
            try "first".write(toFile: "\(folder)/a.txt", atomically: true, encoding: .utf8)
            try "second".write(toFile: "\(folder)/b.txt", atomically: true, encoding: .utf8)
            var (one, two) = (
                SmokeForm.Part(name: "file", content: .file("\(folder)/a.txt")),
                SmokeForm.Part(name: "file", content: .file("\(folder)/b.txt"))
            )
            one.contentType = "text/plain"
            two.fileName = "other \"name\".pdf"
            let step = SmokeStep("/form", method: "POST") { step in
                step.request.form = [one, two, .init(name: "preset", content: .value("small"))]
                step.expectation.json = [
                    "/0/text": .equal(to: "first"), "/0/file": .equal(to: "a.txt"), "/0/type": .equal(to: "text/plain"),
                    "/1/text": .equal(to: "second"), "/1/file": .equal(to: "other %22name%22.pdf"),
                    "/2/name": .equal(to: "preset"), "/2/text": .equal(to: "small"), "/3": .absent,
                ]
            }
            let result = try await results(plan([step]), url)
            #expect(result.map(\.verdict) == [.pass], "\(result)")
            let lost = SmokeStep("/form") { $0.request.form = [.init(name: "f", content: .file("\(folder)/none"))] }
            #expect(try await results(plan([lost]), url).map(\.verdict) == [.inconclusive])
        }
    }

    @Test func aStreamIsReadUntilItsEventAndNoLonger() async throws {
        try await SmokeServer.run { url, _ async throws in
            let step = SmokeStep("/job") { step in
                step.events = .init()
                step.events?.event = "completed"
                step.events?.json = ["/status": .equal(to: "completed"), "/pages": .atLeast(3)]
                step.captures = ["pages": .json("/pages")]
            }
            let result = try #require(
                try await results(plan([step, SmokeStep("/ok?n=${capture:pages}")]), url).first)
            #expect(result.verdict == .pass)
            #expect(result.observed == "event `completed`; saw queued, 3 x processing, completed")
        }
    }

    @Test(arguments: [
        ("2", Verdict.pass, "event `processing`; saw queued, 3 x processing"),
        ("9", .fail, "saw queued, 3 x processing, completed; in the last one /done is 2, expected 9"),
    ])
    func anEventCountsOnlyWithItsData(_ done: String, _ verdict: Verdict, _ observed: String) async throws {
        try await SmokeServer.run { url, _ async throws in
            let step = SmokeStep("/job") { step in
                step.events = .init()
                step.events?.event = "processing"
                step.events?.json = ["/done": .equal(to: done)]
                step.events?.within = .milliseconds(700)
            }
            let result = try #require(try await results(plan([step]), url).first)
            #expect(result.verdict == verdict)
            #expect(result.observed.hasSuffix(observed), "\(result.observed)")
        }
    }

    @Test(arguments: [
        ("/failing", "the stream ended without `completed`: saw queued, failed"),
        ("/silent", "were over without `completed`: saw queued"), ("/gone", "status 404, expected 200: no such thing"),
    ])
    func aStreamWithoutTheEventFailsAndTellsWhatCame(_ path: String, _ observed: String) async throws {
        try await SmokeServer.run { url, _ async throws in
            let step = SmokeStep(path) { step in
                step.events = .init()
                step.events?.event = "completed"
                step.events?.within = .milliseconds(700)
            }
            let result = try #require(try await results(plan([step]), url).first)
            #expect(result.verdict == .fail)
            #expect(result.observed.contains(observed), "\(result.observed)")
        }
    }

    @Test func cleanupRunsAfterAFailureAndEveryStepOfIt() async throws {
        try await SmokeServer.run { url, folder async throws in
            let create = SmokeStep("/jobs", method: "POST") { $0.captures = ["job": .json("/id")] }
            let cleanup = [
                SmokeStep("/gone/${capture:job}", method: "DELETE"),
                SmokeStep("/jobs/${capture:job}", method: "DELETE"),
                SmokeStep("/never/${capture:other}", method: "DELETE"),
            ]
            let results = try await results(
                plan([create, SmokeStep("/gone"), SmokeStep("/ok")], cleanup: cleanup), url)
            #expect(results.map(\.verdict) == [.pass, .fail, .inconclusive, .pass, .pass])
            #expect(results.map(\.isCleanup) == [false, false, true, true, true])
            #expect(results[2].observed.hasPrefix("left behind: status 404"))
            #expect(results[4].isSkipped)
            #expect(results.verdict == .fail)
            #expect(
                try SmokeServer.requests(folder) == [
                    "POST /jobs", "GET /gone", "DELETE /gone/job-17", "DELETE /jobs/job-17",
                ])
        }
    }

    @Test func aPassWhoseCleanupFailsIsInconclusive() async throws {
        try await SmokeServer.run { url, _ async throws in
            let results = try await results(plan([SmokeStep("/ok")], cleanup: [SmokeStep("/gone")]), url)
            #expect(results.verdict == .inconclusive)
        }
    }

    @Test func cleanupRunsWhenTheSuiteIsCancelledAndWhatFailsThereIsTold() async throws {
        try await SmokeServer.run { url, folder async throws in
            let told = Mutex<[String]>([])
            let plan = plan([SmokeStep("/slow")], cleanup: [SmokeStep("/gone", method: "DELETE")])
            let run = Task {
                try await SmokeSuite(plan, http: HTTPClient()).run(against: .init(url: url)) { result in
                    told.withLock { $0.append("\(result.step) \(result.verdict.rawValue)") }
                }
            }
            try await eventually("the slow request is on its way") { try SmokeServer.requests(folder) == ["GET /slow"] }
            run.cancel()
            await #expect(throws: CancellationError.self) { try await run.value }
            #expect(try SmokeServer.requests(folder) == ["GET /slow", "DELETE /gone"])
            #expect(told.withLock { $0 } == ["/gone inconclusive"])
        }
    }

    @Test func aSuiteEndsAtItsDeadlineAndStillCleansUp() async throws {
        try await SmokeServer.run { url, folder async throws in
            let steps = [SmokeStep("/slow"), SmokeStep("/ok")]
            let results = try await results(
                plan(steps, cleanup: [SmokeStep("/done")], deadline: .milliseconds(300)), url)
            #expect(results.map(\.verdict) == [.fail, .pass])
            #expect(results[0].elapsedMilliseconds < 5000)
            #expect(try SmokeServer.requests(folder).last == "GET /done")
        }
    }

    @Test func aRetryEndsWithTheSuite() async throws {
        try await SmokeServer.run { url, _ async throws in
            let step = SmokeStep("/gone") { $0.retry = .init(deadline: .seconds(60), interval: .milliseconds(20)) }
            let result = try #require(try await results(plan([step], deadline: .milliseconds(300)), url).first)
            #expect(result.verdict == .fail)
            #expect(result.elapsedMilliseconds < 10_000)
        }
    }

    @Test func skippedStepsSayWhyAndASuiteOfThemShowsNothing() async throws {
        try await SmokeServer.run { url, folder async throws in
            let skipped = SmokeStep("/mail") { $0.skip = "no mailbox here" }
            let some = try await results(plan([skipped, SmokeStep("/ok")]), url)
            #expect(some.map(\.observed).first == "no mailbox here")
            #expect(some.map(\.isSkipped) == [true, false])
            #expect(some.verdict == .pass)
            #expect(try await results(plan([skipped]), url).verdict == .inconclusive)
            #expect(try SmokeServer.requests(folder) == ["GET /ok"])
        }
    }

    @Test func whatIsSentInSecretNeverShows() async throws {
        try await SmokeServer.run { url, _ async throws in
            let login = SmokeStep("/page") { $0.captures = ["token": .body("token=([^;]+)")] }
            let echo = SmokeStep("/echo", method: "POST") { step in
                step.request.headers = ["authorization": "Bearer ${capture:token}", "x-key": "key-0123456789"]
                step.request.body = "password=hunter2222"
                step.secrets = ["hunter2222"]
                step.expectation.statuses = [201]
            }
            let observed = try await results(plan([login, echo]), url).map(\.observed)
            #expect(observed.last == "status 200, expected 201: got Bearer *** password=***")
        }
    }

    @Test func everySuiteRunsAlsoAfterOneThatFailed() async throws {
        try await SmokeServer.run { url, _ async throws in
            let plan = SmokePlan([
                .init(name: "a", steps: [SmokeStep("/gone")]), .init(name: "b", steps: [SmokeStep("/ok")]),
            ])
            let results = try await results(plan, url)
            #expect(results.map { "\($0.suite) \($0.verdict.rawValue)" } == ["a fail", "b pass"])
        }
    }

    @Test func nobodyThereIsAFailureAndAWrongAddressIsNone() async throws {
        #expect(try await results(plan([SmokeStep("/")]), "http://127.0.0.1:1").map(\.verdict) == [.fail])
        #expect(try await results(plan([SmokeStep("/")]), "nonsense://127.0.0.1:1").map(\.verdict) == [.inconclusive])
    }
}

extension SmokeMatcher {
    static func atLeast(_ limit: Double) -> SmokeMatcher {
        var matcher = SmokeMatcher()
        matcher.atLeast = limit
        return matcher
    }

    static var absent: SmokeMatcher {
        var matcher = SmokeMatcher()
        matcher.exists = false
        return matcher
    }
}
