import Foundation
import OpsModel
import ProcessClient
import SocketClient
import TestSupport
import Testing

@testable import Probes

/// Answers that no honest server gives, played by a script.
@Suite struct DNSHostileTests {
    private func seen(_ mode: String) async throws -> [String: CheckResult] {
        try await withScratchDirectory { folder in
            let port = try freeLoopbackPorts(1)[0]
            try server.write(toFile: "\(folder)/dns.py", atomically: true, encoding: .utf8)
            return try await withProgram(
                "python3", ["\(folder)/dns.py", "\(port)", mode], name: "dns", in: folder, port: port
            ) {
                let resolver = DNSResolver(address: "127.0.0.1", port: port)
                return await results(
                    of: DNSSubject(
                        DNSExpectation(name: "app.test", type: .a, resolvers: [resolver], equals: ["192.0.2.1"])),
                    timeout: .seconds(1))
            }
        }
    }

    @Test func anAnswerWithAnotherIDOrQuestionIsPassedOver() async throws {
        #expect(try await seen("spoofed").troubles == [])
        #expect(try await seen("question").troubles == [])
    }

    @Test(arguments: ["garbage", "loop", "short"])
    func anAnswerThatCannotBeReadIsUnknown(_ mode: String) async throws {
        let seen = try await seen(mode)
        #expect(seen.status("answer") == .unknown)
        #expect(seen["answer"]?.reason == .proto)
    }

    @Test func aLongAnswerThatTCPBreaksOffIsNoAnswer() async throws {
        #expect(try await seen("cut").status("answer") != .pass)
    }
}

/// The TCP listener tells when the UDP socket is there; it closes each connection at once.
private let server = #"""
    import socket, sys, threading

    port, mode = int(sys.argv[1]), sys.argv[2]
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", port))
    tcp = socket.create_server(("127.0.0.1", port))

    def hang_up():
        while True: tcp.accept()[0].close()

    threading.Thread(target=hang_up, daemon=True).start()

    def answer(query, address, id=None, flags=b"\x81\x80", name=b"\xc0\x0c", question=None):
        head = (id or query[:2]) + flags + b"\0\1\0\1\0\0\0\0"
        record = name + b"\0\1\0\1\0\0\0\x3c\0\4" + bytes(address)
        return head + (question or query[12:]) + record

    while True:
        query, sender = udp.recvfrom(4096)
        good, bad = answer(query, [192, 0, 2, 1]), [198, 51, 100, 1]
        replies = {
            "spoofed": [answer(query, bad, id=bytes(b ^ 255 for b in query[:2])), b"", b"x", good],
            "question": [answer(query, bad, question=b"\4evil\4test\0\0\1\0\1"), good],
            "garbage": [query[:2] + b"\x81\x80" + b"\xff" * 40],
            "loop": [answer(query, bad, name=b"\xc0" + bytes([len(query)]))],
            "short": [good[:-3]],
            "cut": [answer(query, bad, flags=b"\x83\x80")],
        }[mode]
        for reply in replies: udp.sendto(reply, sender)
    """#
