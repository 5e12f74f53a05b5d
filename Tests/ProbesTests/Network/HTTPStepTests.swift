import OpsModel
import ProcessClient
import TestSupport
import Testing

@testable import Probes

@Suite struct HTTPStepTests {
    private func step(
        _ method: String, _ path: String, body: String? = nil, status: Int = 200, capture: [String: String] = [:]
    ) -> (HTTPStepCall, HTTPStepExpectation) {
        var call = HTTPStepCall(path: Secret(path))
        (call.method, call.body) = (method, body.map { Secret($0) })
        if path.contains("${capture:id}") { call.headers = [("X-Token", Secret("${capture:token}"))] }
        let answer = HTTPAnswerExpectation(statuses: StatusSet(codes: [status]))
        return (call, HTTPStepExpectation(name: "\(method) \(path)", answer: answer, captures: capture))
    }

    /// Creates an item, reads it and always removes it.
    private func journey(_ port: Int, body: String, created: Int = 201) -> HTTPSubject {
        let url = "http://127.0.0.1:\(port)/ok"
        var (call, expectation) = (
            HTTPCall(url: Secret(url)), HTTPExpectation(url: url, answer: HTTPAnswerExpectation())
        )
        let steps = [
            step("POST", "/items", body: body, status: created, capture: ["id": "/id", "token": "header:X-Token"]),
            step("GET", "/items/${capture:id}"),
        ]
        (call.steps, expectation.steps) = (steps.map(\.0), steps.map(\.1))
        let cleanup = step("DELETE", "/items/${capture:id}", status: 204)
        (call.cleanup, expectation.cleanup) = ([cleanup.0], [cleanup.1])
        return HTTPSubject(call, expectation)
    }

    private func items(_ port: Int) async throws -> String? {
        let url = "http://127.0.0.1:\(port)/items"
        var expectation = HTTPExpectation(url: url, answer: HTTPAnswerExpectation())
        expectation.answer.json = ["": .equal(to: .array([]))]
        return await results(of: HTTPSubject(url: Secret(url), expectation))["json"]?.status.rawValue
    }

    @Test func stepsHandOnWhatTheyCaptureAndCleanUp() async throws {
        try await withPythonServer { port async throws in
            let seen = await results(of: journey(port, body: "fine"))
            #expect(seen.troubles == [])
            #expect(seen["steps"]?.observed == "2 steps")
            #expect(try await items(port) == "pass")
        }
    }

    @Test func theFirstFailingStepIsNamedAndItsTracesAreRemovedAllTheSame() async throws {
        try await withPythonServer { port async throws in
            let seen = await results(of: journey(port, body: "broken"))
            #expect(seen.troubles == ["steps fail"])
            #expect(seen["steps"]?.observed == "step `GET /items/${capture:id}`: status 500, expected 200")
            #expect(try await items(port) == "pass")
        }
    }

    @Test func whatWasNeverMadeIsNotRemoved() async throws {
        try await withPythonServer { port async throws in
            let seen = await results(of: journey(port, body: "fine", created: 200))
            #expect(seen["steps"]?.observed == "step `POST /items`: status 201, expected 200")
        }
    }

    @Test func stepsAreNotTakenForReadiness() async throws {
        try await withPythonServer { port async throws in
            #expect(await results(of: journey(port, body: "fine"), profile: .readiness)["steps"] == nil)
        }
    }
}
