import Foundation
import HAProxyClient
import ProcessClient
import TestSupport
import Testing

/// Stands between opsctl and HAProxy's runtime socket, and loses what a test wants lost.
struct RouterRelay: Sendable {
    enum Fault: String, Sendable {
        /// A commit is carried out, and its answer never comes.
        case hang
        /// A commit is carried out, and the connection ends without an answer.
        case cut
        /// A commit is answered with an error and not carried out.
        case refuse
        /// A commit is carried out, and from then on nothing is answered.
        case mute
        /// Nothing is carried out and nothing is answered.
        case deaf
    }

    let socket: String
    private let order: String

    private static let program = """
        import os, socket, sys, threading, time
        real, mine, order = sys.argv[1:]
        def fault(command):
            try: name, count = open(order).read().split()
            except FileNotFoundError: return None
            if name != "deaf" and not command.startswith(b"commit"): return None
            if int(count) <= 0: return None
            if name != "deaf":
                with open(order + ".new", "w") as file: file.write(name + " " + str(int(count) - 1))
                os.rename(order + ".new", order)
            return name
        def serve(client):
            command = b""
            while not command.endswith(b"\\n"):
                part = client.recv(65536)
                if not part: return
                command += part
            what = fault(command)
            if what == "deaf": return time.sleep(60)
            if what == "refuse":
                client.sendall(b"no memory\\n\\n")
                return client.close()
            server = socket.socket(socket.AF_UNIX)
            server.connect(real)
            server.sendall(command)
            reply = b""
            while part := server.recv(65536): reply += part
            if what == "mute":
                with open(order, "w") as file: file.write("deaf 1")
            if what in ("hang", "mute"): return time.sleep(60)
            if what != "cut": client.sendall(reply)
            client.close()
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(mine + ".new")
        listener.listen(64)
        os.rename(mine + ".new", mine)
        while True: threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
        """

    /// A relay to `socket` for the length of `body`.
    static func run(to socket: String, in folder: String, _ body: (RouterRelay) async throws -> Void) async throws {
        let relay = RouterRelay(socket: "\(folder)/relay.sock", order: "\(folder)/relay.order")
        try program.write(toFile: "\(folder)/relay.py", atomically: true, encoding: .utf8)
        let process = try DetachedProcess.start(
            executable: "python3", arguments: ["\(folder)/relay.py", socket, relay.socket, relay.order],
            environment: nil, folder: folder, log: "\(folder)/relay.log")
        try await withCleanup {
            let client = HAProxyClient(socket: relay.socket, timeout: .milliseconds(500))
            try await eventually("the relay answers", within: .seconds(20)) {
                FileManager.default.fileExists(atPath: relay.socket)
            }
            _ = try await client.ask("show info")
            try await body(relay)
        } cleanup: {
            _ = try await process.stop(gracePeriod: .seconds(2))
        }
    }

    /// The next `count` commits meet that fault; being deaf lasts until `heal`.
    func fail(_ fault: Fault, _ count: Int = 1) throws {
        try "\(fault.rawValue) \(count)".write(toFile: order, atomically: true, encoding: .utf8)
    }

    /// The same from a place that cannot throw.
    func meet(_ fault: Fault) { do { try fail(fault) } catch { Issue.record(error) } }

    func heal() throws { try "none 0".write(toFile: order, atomically: true, encoding: .utf8) }
}
