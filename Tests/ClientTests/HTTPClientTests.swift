import Foundation
import HTTPClient
import OpsModel
import ProcessClient
import TestSupport
import Testing

@Suite struct HTTPClientTests {
    /// Python's own server in a scratch folder: a stranger's implementation of HTTP.
    private func withServer(_ body: (String, String) async throws -> Void) async throws {
        try await withScratchDirectory { folder in
            let port = try freeLoopbackPorts(1)[0]
            let server = try DetachedProcess.start(
                executable: "python3", arguments: ["-m", "http.server", "\(port)", "--bind", "127.0.0.1"],
                environment: nil,
                folder: folder, log: "\(folder)/log")
            let url = "http://127.0.0.1:\(port)"
            do {
                try await eventually("the server answers") { isAnswering(port) }
                try await body(url, folder)
            } catch {
                _ = try await server.stop(gracePeriod: .seconds(2))
                throw error
            }
            _ = try await server.stop(gracePeriod: .seconds(2))
        }
    }

    private func isAnswering(_ port: Int) -> Bool { answersOnLoopback(port) }

    @Test func givesStatusHeadersBodyAndPhasesInOrder() async throws {
        try await withServer { url, folder in
            try "hello".write(toFile: "\(folder)/a b.txt", atomically: true, encoding: .utf8)
            let response = try await HTTPClient().send(HTTPRequest("GET", "\(url)/a%20b.txt"))
            #expect(response.status == 200)
            #expect(response.text == "hello")
            #expect(response.header("Content-Type") == "text/plain")
            #expect(response.remoteAddress == "127.0.0.1")
            let timings = response.timings
            #expect(timings.connect <= timings.firstByte && timings.firstByte <= timings.total && timings.total > .zero)
            #expect(try await HTTPClient().send(HTTPRequest("GET", "\(url)/absent")).status == 404)
            #expect(try await HTTPClient().send(HTTPRequest("HEAD", "\(url)/a%20b.txt")).body.isEmpty)
        }
    }

    @Test(arguments: ["a\r\nx-preview: token", "a\nb", "a\u{0}b"])
    func aHeaderWithAControlCharacterIsNotSent(_ value: String) async throws {
        try await withServer { url, _ in
            await #expect(throws: HTTPError.configuration(url: url + "/", why: "a header holds a control character")) {
                _ = try await HTTPClient().send(HTTPRequest("GET", url + "/", headers: [("x-token", value)]))
            }
        }
    }

    @Test func aBodyAboveTheLimitIsAnErrorAndNotATruncatedAnswer() async throws {
        try await withServer { url, folder in
            try String(repeating: "x", count: 100_000).write(toFile: "\(folder)/big", atomically: true, encoding: .utf8)
            await #expect(throws: HTTPError.tooLarge(url: "\(url)/big", limit: 1000)) {
                _ = try await HTTPClient().send(HTTPRequest("GET", "\(url)/big", sink: .memory(limit: 1000)))
            }
            let file = HTTPSink.file(path: "\(folder)/copy", limit: 1 << 20)
            _ = try await HTTPClient().send(HTTPRequest("GET", "\(url)/big", sink: file))
            #expect(try String(contentsOfFile: "\(folder)/copy", encoding: .utf8).count == 100_000)
        }
    }

    @Test func redirectsAreFollowedOnlyWhenAllowed() async throws {
        try await withServer { url, folder in
            try FileManager.default.createDirectory(atPath: "\(folder)/dir", withIntermediateDirectories: true)
            #expect(try await HTTPClient().send(HTTPRequest("GET", "\(url)/dir")).status == 301)
            #expect(try await HTTPClient().send(HTTPRequest("GET", "\(url)/dir", maximumRedirects: 2)).status == 200)
        }
    }

    @Test func aBlackHoleTimesOutAndNamesThePhaseWithoutTheQuery() async throws {
        let hole = try SilentListener()
        let request = HTTPRequest(
            "GET", "http://127.0.0.1:\(hole.port)/x?signature=secret", timeout: .milliseconds(300))
        await #expect(throws: HTTPError.timedOut(url: "http://127.0.0.1:\(hole.port)/x", phase: "first_byte")) {
            _ = try await HTTPClient().send(request)
        }
    }

    @Test func cancellingTheTaskEndsTheRequest() async throws {
        let hole = try SilentListener()
        let task = Task {
            try await HTTPClient().send(HTTPRequest("GET", "http://127.0.0.1:\(hole.port)/", timeout: .seconds(60)))
        }
        task.cancel()
        await #expect(throws: HTTPError.cancelled(url: "http://127.0.0.1:\(hole.port)/")) { _ = try await task.value }
    }

    @Test func otherSchemesAreNotSpoken() async throws {
        await #expect(throws: HTTPError.self) {
            _ = try await HTTPClient().send(HTTPRequest("GET", "file:///etc/passwd"))
        }
    }

    @Test(arguments: ["ftp://127.0.0.1/", "http://127.0.0.1:99999999/", "http://a b/"])
    func aURLThatCannotBeAskedIsConfiguration(_ url: String) async throws {
        let error = await #expect(throws: HTTPError.self) { _ = try await HTTPClient().send(HTTPRequest("GET", url)) }
        guard case .configuration = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    @Test func anErrorNamesTheURLWithoutItsCredentials() async throws {
        let port = try freeLoopbackPorts(1)[0]
        let error = await #expect(throws: HTTPError.self) {
            _ = try await HTTPClient().send(HTTPRequest("GET", "http://ann:hunter2@127.0.0.1:\(port)/x?token=hunter3"))
        }
        #expect(try #require(error).diagnostic.place == "http://127.0.0.1:\(port)/x")
    }

    @Test(arguments: [
        ("http://h/p", "http://h/p"), ("https://u:p@h:1/p?q=1#f", "https://h:1/p"), ("https://u:p@ss@h/", "https://h/"),
        ("http://u@[::1]:8080/a@b?x", "http://[::1]:8080/a@b"), ("http://u:pa/ss@h/", "http://***"),
        ("http://u:pa?ss@h/", "http://***"), ("u:p@h/x?y", "h/x"), ("", ""),
    ])
    func aPrintableURLHoldsNoSecret(_ url: String, _ printable: String) {
        #expect(printableURL(url) == printable)
    }
}
