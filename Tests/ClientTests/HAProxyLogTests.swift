import Foundation
import Glibc
import HAProxyClient
import OpsModel
import Synchronization
import TestSupport
import Testing

@Suite struct HAProxyLogTests {
    /// Written by HAProxy 2.6 in this format.
    @Test func aLineOfHAProxyIsRead() throws {
        let line = try #require(HAProxyLogLine("opsctl be_blue blue 404 3 8 ---- GET /no%20pe%0a#22#22\n"))
        #expect(line.backend == "be_blue")
        #expect(line.server == "blue")
        #expect(line.status == 404)
        #expect(line.response == .milliseconds(3))
        #expect(line.active == .milliseconds(8))
        #expect(line.termination == "----")
        #expect(line.method == "GET")
        #expect(line.path == "/no%20pe%0a#22#22")
    }

    @Test(arguments: ["<134>Nov 23 04:40:37 haproxy[71]: ", "<134>1 2026-11-23T04:40:37Z host haproxy 71 - - ", ""])
    func aSyslogHeaderIsSkipped(_ header: String) {
        #expect(HAProxyLogLine(header + "opsctl be_green green 200 1 2 ---- POST /x")?.path == "/x")
    }

    @Test func timesThatWereNotReachedAreUnknown() throws {
        let line = try #require(HAProxyLogLine("opsctl be_blue blue 504 -1 1001 sH-- GET /"))
        #expect(line.response == nil)
        #expect(line.active == .milliseconds(1001))
    }

    /// A client's path cannot pass for another field, and half a line is none.
    @Test(arguments: [
        "", "opsctl", "opsctl be_blue blue 200 1 2 ---- GET", "opsctl be_blue blue 200 1 2 ---- GET / x",
        "opsctl be_blue blue 200 1 2 --- GET /", "opsctl be_blue blue abc 1 2 ---- GET /",
        "opsctl be_blue blue 200 -2 2 ---- GET /", "opsctl be_blue  200 1 2 ---- GET /",
        "opsctl be_blue blue 99999999999999999999 1 2 ---- GET /", "other be_blue blue 200 1 2 ---- GET /",
        "GET /opsctl be_blue blue 200 1 2 ---- GET /",
    ])
    func anythingElseIsNoLine(_ text: String) { #expect(HAProxyLogLine(text) == nil) }

    @Test func theSocketIsOursAloneAndLeavesWithTheListener() throws {
        try withScratchDirectory { folder throws in
            let path = "\(folder)/log.sock"
            var first: HAProxyLogListener? = try HAProxyLogListener(path: path)
            #expect(try mode(of: path) == 0o600)
            let second = try HAProxyLogListener(path: path)
            first = nil
            #expect(first == nil && FileManager.default.fileExists(atPath: path), "it is the second one's now")
            withExtendedLifetime(second) {}
        }
        try withScratchDirectory { folder throws in
            let path = "\(folder)/log.sock"
            do { _ = try HAProxyLogListener(path: path) }
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func aFileThatIsNoSocketIsLeftAlone() throws {
        try withScratchDirectory { folder throws in
            let path = "\(folder)/precious"
            try Data("x".utf8).write(to: URL(filePath: path))
            #expect(throws: HAProxyError.self) { try HAProxyLogListener(path: path) }
            #expect(FileManager.default.contents(atPath: path) == Data("x".utf8))
            #expect(throws: HAProxyError.self) {
                try HAProxyLogListener(path: folder + "/" + String(repeating: "x", count: 120))
            }
        }
    }

    @Test func linesAreHandedOverAndOthersCounted() async throws {
        try await withScratchDirectory { folder async throws in
            let path = "\(folder)/log.sock"
            let listener = try HAProxyLogListener(path: path)
            let seen = Seen()
            let reading = Task { try await listener.run { seen.add($0.path) } }
            for text in ["opsctl be_blue blue 200 1 2 ---- GET /a\n", "noise", String(repeating: "x", count: 5000)] {
                try send(text, to: path)
            }
            try send("opsctl be_blue blue 200 1 2 ---- GET /b", to: path)
            try await eventually("all were read") { seen.all.count == 2 }
            #expect(seen.all == ["/a", "/b"])
            #expect(listener.unreadable == 2)
            reading.cancel()
            try await reading.value
        }
    }

    private func mode(of path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    private func send(_ text: String, to path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let count = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, text, text.utf8.count, 0, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(count == text.utf8.count)
    }
}

private final class Seen: Sendable {
    private let paths = Mutex<[String]>([])
    var all: [String] { paths.withLock { $0 } }
    func add(_ path: String) { paths.withLock { $0.append(path) } }
}
