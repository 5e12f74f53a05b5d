import HTTPClient
import OpsModel
import ProcessClient
import TestSupport
import Testing

@testable import Probes

/// Each check against a real server that is right, and one that is wrong in exactly that way.
@Suite struct HTTPAnswerTests {
    private func subject(
        _ port: Int, _ path: String, host: String = "127.0.0.1", _ change: (inout HTTPExpectation) -> Void = { _ in }
    ) -> HTTPSubject {
        let url = "http://\(host):\(port)\(path)"
        var expectation = HTTPExpectation(url: url, answer: HTTPAnswerExpectation())
        change(&expectation)
        return HTTPSubject(url: Secret(url), expectation)
    }

    private func matcher(_ change: (inout ValueMatcher) -> Void) -> ValueMatcher {
        var matcher = ValueMatcher()
        change(&matcher)
        return matcher
    }

    @Test func aHealthyServicePassesEverythingThatIsAskedOfIt() async throws {
        try await withPythonServer { port in
            let seen = await results(
                of: subject(port, "/ok") {
                    $0.answer.headers = [
                        "cache-control": .containing("no-store"), "server": matcher { $0.exists = true },
                    ]
                    $0.answer.json = [
                        "/status": .equal(to: .string("pass")), "/count": .equal(to: .number(3)),
                        "/text": .equal(to: .string("3")), "/tags": matcher { ($0.length, $0.contains) = (2, "a") },
                        "/version": matcher { $0.semver = ">=1.2 <2" }, "/gone": matcher { $0.exists = false },
                        "/off": .equal(to: .null),
                    ]
                })
            #expect(seen.troubles == [])
            #expect(seen["addresses"]?.observed == "127.0.0.1: 200")
        }
    }

    @Test(arguments: [
        ("/status", ValueMatcher.equal(to: .string("up"))), ("/count", .equal(to: .string("3"))),
        ("/text", .equal(to: .number(3))), ("/missing", .equal(to: .null)), ("/tags/2", .containing("a")),
    ])
    func aValueOfAnotherKindOrPlaceIsAFault(_ pointer: String, _ matcher: ValueMatcher) async throws {
        try await withPythonServer { port in
            let seen = await results(of: subject(port, "/ok") { $0.answer.json = [pointer: matcher] })
            #expect(seen.troubles == ["json fail"])
            #expect(seen["json"]?.observed.hasPrefix("\(pointer) is ") == true)
        }
    }

    @Test func aWrongStatusIsTheOnlyFault() async throws {
        try await withPythonServer { port in
            #expect(await results(of: subject(port, "/status/503")).troubles == ["addresses fail", "status fail"])
            let wide = subject(port, "/status/204") { $0.answer.statuses = StatusSet(["2xx"]) ?? .ok }
            #expect(await results(of: wide).troubles == [])
        }
    }

    @Test func headersAndBodyAreMatched() async throws {
        try await withPythonServer { port in
            let seen = await results(
                of: subject(port, "/ok") {
                    $0.answer.headers = ["server": matcher { $0.exists = false }]
                    var body = HTTPBodyExpectation()
                    body.notContains = ["pass"]
                    $0.answer.body = body
                })
            #expect(seen.troubles == ["body fail", "headers fail"])
        }
    }

    @Test func redirectsAreFollowedToALimitAndALoopEnds() async throws {
        try await withPythonServer { port in
            let enough = subject(port, "/redirect/3") { ($0.follows, $0.location) = (3, .containing("/ok")) }
            #expect(await results(of: enough).troubles == [])
            let seen = await results(of: subject(port, "/loop") { $0.follows = 4 })
            #expect(seen.troubles == ["redirects fail", "status fail"])
            #expect(seen["redirects"]?.observed.hasSuffix("-> and on") == true)
        }
    }

    @Test func credentialsAreNotSentToAnotherOrigin() async throws {
        try await withPythonServer { away in
            try await withPythonServer { port in
                let url = "http://127.0.0.1:\(port)/away/\(away)"
                var call = HTTPCall(url: Secret(url))
                call.headers = [("X-Api-Key", Secret("hunter2")), ("Authorization", Secret("Bearer hunter3"))]
                var expectation = HTTPExpectation(url: url, answer: HTTPAnswerExpectation())
                expectation.follows = 2
                let none = matcher { $0.exists = false }
                expectation.answer.json = [
                    "/headers/x-api-key": none, "/headers/authorization": none,
                    "/headers/host": .containing("\(away)"),
                ]
                #expect(await results(of: HTTPSubject(call, expectation)).troubles == [])
            }
        }
    }

    @Test func aSlowServiceFailsItsLatencyAndIsUnknownBeyondTheTimeout() async throws {
        try await withPythonServer { port in
            let seen = await results(of: subject(port, "/slow/0.3") { $0.within = 200 })
            #expect(seen.troubles == ["latency fail"])
            let late = await results(of: subject(port, "/slow/9"), timeout: .milliseconds(200))
            #expect(late.status("connect") == .unknown)
            #expect(late["connect"]?.reason == .timeout)
            #expect(late.status("status") == .blocked)
        }
    }

    @Test func aHealthDocumentIsReadWithItsComponents() async throws {
        try await withPythonServer { port in
            #expect(await results(of: subject(port, "/health/UP/pass")).status("health") == .pass)
            let warned = await results(of: subject(port, "/health/ok/fail"))
            #expect(warned.status("health") == .warn)
            #expect(warned["health"]?.observed == "ok: db:latency n1 fail")
            #expect(await results(of: subject(port, "/health/error/down")).status("health") == .fail)
            #expect(await results(of: subject(port, "/health/superb/ok")).status("health") == .unknown)
        }
    }

    @Test func oneDeadAddressOfTwoIsNamed() async throws {
        try await withPythonServer { port in
            let addresses = ["app.test": ["127.0.0.1", "127.0.0.2"]]
            let seen = await results(of: subject(port, "/ok", host: "app.test"), addresses: addresses)
            #expect(seen.troubles == ["addresses fail"])
            #expect(seen["addresses"]?.observed.contains("127.0.0.1: 200, 127.0.0.2: ") == true)
            #expect(seen["addresses"]?.fix?.contains("127.0.0.2") == true)
            let any = subject(port, "/ok", host: "app.test") { $0.addresses = .any }
            #expect(await results(of: any, addresses: addresses).troubles == [])
        }
    }

    @Test func aRequestThatChangesSomethingIsSentOnce() async throws {
        try await withPythonServer { port in
            let url = "http://app.test:\(port)/items"
            var call = HTTPCall(url: Secret(url))
            (call.method, call.body) = ("POST", .bytes(Array("x".utf8)))
            let answer = HTTPAnswerExpectation(statuses: StatusSet(codes: [201]))
            let addresses = ["app.test": ["127.0.0.1", "127.0.0.1"]]
            let seen = await results(
                of: HTTPSubject(call, HTTPExpectation(url: url, answer: answer)), addresses: addresses)
            #expect(seen.troubles == [])
            #expect(seen.status("addresses") == .skipped)
            let left = await results(
                of: subject(port, "/items") { $0.answer.json = ["": matcher { $0.length = 1 }] })
            #expect(left.troubles == [])
        }
    }

    @Test func neitherCookiesNorABodyThatNobodyReadsAreStored() async throws {
        try await withPythonServer { port in
            let subject = subject(port, "/ok") { $0.answer.headers = ["set-cookie": .containing("Secure")] }
            let visit = Visit(
                plan: CheckPlan(profile: .deep), checks: HTTPSubject.checks, time: TimeBudget(.seconds(5)),
                canaryID: "00", http: HTTPClient(), addresses: [:])
            let snapshot = await subject.look(visit)
            #expect(snapshot.answer.facts?.body == "")
            #expect(snapshot.answer.facts?.byteCount == 96)
            #expect(snapshot.answer.facts?.headers["set-cookie"] == "sid=***; Secure; HttpOnly")
        }
    }
}
