import OpsModel
import SocketClient

extension DNSSnapshot {
    /// Turns a snapshot into results; pure. The first server's answer is judged, the others are compared with it.
    func judge(_ expectation: DNSExpectation, _ sheet: inout CheckSheet) {
        let what = "\(expectation.name) \(expectation.type.rawValue)"
        let resolver = servers.first?.resolver ?? "no resolver"
        let address = resolver.prefix { $0 != ":" }
        let dig = "dig @\(address) \(what)"
        judgeAgreement(&sheet, fix: dig)
        guard let answer = servers.first?.answer.facts else {
            let failure =
                servers.first?.answer.failure
                ?? LookFailure(reason: .internalError, phase: "look", message: "not looked at")
            sheet.record("answer", failure, expected: "an answer from \(resolver)", fix: dig)
            return sheet.blockRest(by: "answer")
        }
        sheet.record(
            "answer", .pass, observed: "\(resolver)\(answer.isOverTCP ? ", over TCP" : "")", expected: "an answer",
            phase: "query")
        sheet.measure("latency", answer.seconds, phase: "query", fix: "check the resolver's load and its upstreams")
        sheet.expect(
            "rcode", answer.rcode == expectation.rcode, observed: answer.rcode, expected: expectation.rcode,
            reason: .dns, phase: "query", fix: dig)
        guard answer.rcode == expectation.rcode else { return sheet.blockRest(by: "rcode") }
        judgeRecords(answer, expectation, &sheet, fix: dig)
        guard let longest = answer.records.map(\.ttl).max() else {
            return sheet.skip("ttl", because: "there is no record")
        }
        sheet.measure("ttl", Double(longest), phase: "query", fix: "lower the TTL in the zone, before a move")
    }

    private func judgeRecords(
        _ answer: Answer, _ expectation: DNSExpectation, _ sheet: inout CheckSheet, fix: String
    ) {
        let values = answer.records.map(\.value)
        let missing = expectation.contains.filter { !values.contains(expectation.type.normal($0)) }
        let isEqual =
            expectation.equals.isEmpty || Set(values) == Set(expectation.equals.map(expectation.type.normal))
        let isEnough = expectation.fewest.map { values.count >= $0 } ?? true
        let isFew = expectation.atMost.map { values.count <= $0 } ?? true
        let wanted = [
            expectation.contains.isEmpty ? nil : "with \(expectation.contains.joined(separator: ", "))",
            expectation.equals.isEmpty ? nil : "exactly \(expectation.equals.sorted().joined(separator: ", "))",
            expectation.fewest.map { "at least \($0)" }, expectation.atMost.map { "at most \($0)" },
        ].compactMap { $0 }
        sheet.expect(
            "records", missing.isEmpty && isEqual && isEnough && isFew,
            observed: values.isEmpty ? "no record" : values.sorted().joined(separator: ", "),
            expected: wanted.isEmpty ? "any answer" : wanted.joined(separator: ", "), reason: .mismatch,
            phase: "query", fix: fix)
    }

    private func judgeAgreement(_ sheet: inout CheckSheet, fix: String) {
        guard servers.count > 1 else { return sheet.skip("agreement", because: "one resolver is asked") }
        let answers = servers.compactMap { server in server.answer.facts.map { (server.resolver, $0.content) } }
        let lines = servers.map { server in
            let said = server.answer.facts.map { $0.content.joined(separator: " ") }
            return "\(server.resolver): \(said ?? server.answer.failure?.message ?? "not asked")"
        }
        let observed = lines.joined(separator: "; ")
        if Set(answers.map(\.1)).count > 1 {
            sheet.record(
                "agreement", .fail, observed: observed, expected: "one answer", reason: .mismatch, phase: "query",
                fix: fix)
        } else if answers.count < servers.count {
            sheet.record(
                "agreement", .unknown, observed: observed, expected: "an answer from each", reason: .dns,
                phase: "query", fix: fix)
        } else {
            sheet.record("agreement", .pass, observed: observed, expected: "one answer", phase: "query")
        }
    }
}

extension DNSType {
    /// A value as answers spell it: names in lower case and without a final dot; texts stay as they are.
    fileprivate func normal(_ value: String) -> String {
        switch self {
        case .txt, .caa: value
        case .a, .aaaa, .ns, .cname, .ptr, .mx, .srv:
            (value.hasSuffix(".") ? String(value.dropLast()) : value).lowercased()
        }
    }
}

extension DNSSubject {
    package static var selfTest: SelfTest<DNSSubject> {
        func server(_ resolver: String, _ value: String) -> DNSSnapshot.Server {
            let record = DNSRecord(name: "app.example", type: .a, ttl: 300, value: value)
            return .init(
                resolver: resolver,
                answer: .seen(.init(rcode: "NOERROR", records: [record], seconds: 0.001, isOverTCP: false)))
        }
        return SelfTest(
            expectation: DNSExpectation(name: "app.example", type: .a, contains: ["192.0.2.1"]),
            healthy: DNSSnapshot(
                servers: [server("192.0.2.53:53", "192.0.2.1"), server("192.0.2.54:53", "192.0.2.1")]),
            flaws: [
                .init("answer", "a closed port") { snapshot, _ in
                    snapshot.servers[0].answer = .failed(
                        LookFailure(reason: .refused, phase: "connect", message: "connection refused"))
                },
                .init("answer", "silence", gives: .unknown) { snapshot, _ in
                    snapshot.servers[0].answer = .failed(
                        LookFailure(reason: .timeout, phase: "query", message: "no answer in time"))
                },
                .init("rcode", "NXDOMAIN") { snapshot, _ in
                    snapshot.servers[0].answer.alter { ($0.rcode, $0.records) = ("NXDOMAIN", []) }
                },
                .init("records", "another address") { snapshot, _ in
                    snapshot.servers[0].answer.alter { $0.records[0].value = "198.51.100.1" }
                },
                .init("records", "no record") { snapshot, _ in snapshot.servers[0].answer.alter { $0.records = [] } },
                .init("ttl", "a week", gives: .warn) { snapshot, _ in
                    snapshot.servers[0].answer.alter { $0.records[0].ttl = 604_800 }
                },
                .init("latency", "3 s") { snapshot, _ in snapshot.servers[0].answer.alter { $0.seconds = 3 } },
                .init("agreement", "a stale secondary") { snapshot, _ in
                    snapshot.servers[1].answer.alter { $0.records[0].value = "198.51.100.1" }
                },
                .init("agreement", "a silent secondary", gives: .unknown) { snapshot, _ in
                    snapshot.servers[1].answer = .failed(
                        LookFailure(reason: .timeout, phase: "query", message: "no answer in time"))
                },
            ])
    }
}
