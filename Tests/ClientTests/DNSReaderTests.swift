import Testing

@testable import SocketClient

@Suite struct DNSReaderTests {
    private let question = DNSQuestion(name: "a.test", type: .a)

    /// An answer to `question` with one record of the given bytes.
    private func message(_ record: [UInt8], answers: UInt8 = 1) throws -> [UInt8] {
        var bytes = try question.query(id: 7)
        (bytes[2], bytes[7]) = (0x81, answers)
        return bytes + record
    }

    private let good: [UInt8] = [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1]

    @Test func aWellFormedAnswerIsRead() throws {
        let reply = try DNSReader.reply(message(good))
        #expect(reply.id == 7 && reply.question == question && reply.rcode.name == "NOERROR")
        #expect(reply.records == [DNSRecord(name: "a.test", type: .a, ttl: 60, value: "192.0.2.1")])
    }

    @Test(
        arguments: [
            [0xC0, 24, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1],  // a pointer to itself
            [0xC0, 200, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1],  // a pointer ahead
            [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0xFF, 0xFF, 192, 0, 2, 1],  // a record beyond the end
            [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 3, 192, 0, 2],  // an address of three bytes
            [0x80, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1],  // a label of an unknown kind
            [63, 1, 2],  // a label beyond the end
            [0xC0],
            [0xC0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, 2, 200, 65],  // a text beyond its record
            [],
        ] as [[UInt8]])
    func aMalformedRecordIsRefused(_ record: [UInt8]) throws {
        let bytes = try message(record)
        #expect(throws: DNSError.self) { try DNSReader.reply(bytes) }
    }

    @Test func everyCutOfAnAnswerIsRefusedAndNoneTraps() throws {
        let whole = try message(good)
        for length in 0..<whole.count {
            #expect(throws: DNSError.self) { try DNSReader.reply(Array(whole.prefix(length))) }
        }
    }

    @Test func noiseNeverTraps() throws {
        var generator = SystemRandomNumberGenerator()
        let whole = try message(good)
        for _ in 0..<5000 {
            var bytes = whole
            for _ in 0..<3 { bytes[Int.random(in: 2..<bytes.count, using: &generator)] = .random(in: .min ... .max) }
            do { _ = try DNSReader.reply(bytes) } catch {}  // only a trap would be a fault
        }
    }

    @Test(arguments: ["192.0.2.53", "192.0.2.53:5353", "[2001:db8::53]:5353", "2001:db8::53"])
    func resolversAreReadAndPrinted(_ text: String) throws {
        #expect(try DNSResolver(try DNSResolver(text).text) == DNSResolver(text))
    }

    @Test(arguments: ["", "dns.example", "192.0.2.53:0", "192.0.2.53:x", "dns.example:53"])
    func whatIsNoAddressIsNoResolver(_ text: String) {
        #expect(throws: DNSError.resolver(text)) { try DNSResolver(text) }
    }

    @Test func namesThatDoNotFitAreRefused() {
        for name in [String(repeating: "a", count: 64), "a..test", String(repeating: "abcdefgh.", count: 30)] {
            #expect(throws: DNSError.name(name.hasSuffix(".") ? String(name.dropLast()) : name)) {
                try DNSQuestion(name: name, type: .a).query(id: 1)
            }
        }
    }
}
