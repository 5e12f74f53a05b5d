import OpsModel

extension TCPSnapshot {
    /// Turns a snapshot into results; pure.
    func judge(_ expectation: TCPExpectation, _ sheet: inout CheckSheet) {
        judgeClosed(expectation, &sheet)
        guard expectation.port != nil else {
            for check in ["connect", "banner", "latency"] { sheet.skip(check, because: "no open port is asked for") }
            return
        }
        guard let talk = open.facts else {
            let failure = open.failure ?? LookFailure(reason: .internalError, phase: "look", message: "not looked at")
            sheet.record(
                "connect", failure, expected: "a connection",
                fix: failure.connectionFix(to: expectation.place) ?? "see the server's log")
            return sheet.blockRest(by: "connect")
        }
        sheet.record("connect", .pass, observed: talk.remoteAddress, expected: "a connection", phase: "connect")
        sheet.measure(
            "latency", talk.connectSeconds, phase: "connect", fix: "check the network and the server's backlog: ss -ltn"
        )
        guard let banner = expectation.banner else { return sheet.skip("banner", because: "not asked for") }
        sheet.expect(
            "banner", talk.isExpected, observed: talk.firstLine.isEmpty ? "nothing in time" : talk.firstLine,
            expected: "matches `\(banner)`", reason: .mismatch, phase: "read",
            fix: "check which service listens there: ss -ltnp")
    }

    private func judgeClosed(_ expectation: TCPExpectation, _ sheet: inout CheckSheet) {
        guard !expectation.closedPorts.isEmpty else { return sheet.skip("closed", because: "not asked for") }
        let ports = expectation.closedPorts.map(String.init).joined(separator: ", ")
        let open = closed.filter { $0.accepted.facts != nil }
        let unclear = closed.filter { $0.accepted.facts == nil && !isClosed($0.accepted) }
        let expected = "\(ports) closed"
        if let first = open.first {
            sheet.record(
                "closed", .fail, observed: open.map { "\($0.port) is open" }.joined(separator: ", "),
                expected: expected, reason: .accepted, phase: "connect",
                fix: "stop what listens on \(first.port), bind it to 127.0.0.1, or close it in the firewall")
        } else if let first = unclear.first {
            let failure = first.accepted.failure
            sheet.record(
                "closed", .unknown, observed: "\(first.port): \(failure?.message ?? "not looked at")",
                expected: expected, reason: failure?.reason ?? .internalError, phase: "connect",
                fix: "probe from a place that a refusal can reach; a firewall that drops shows nothing")
        } else {
            sheet.record("closed", .pass, observed: "\(ports) refused", expected: expected, phase: "connect")
        }
    }
}

extension TCPSubject {
    package static var selfTest: SelfTest<TCPSubject> {
        let refused = LookFailure(reason: .refused, phase: "connect", message: "connection refused")
        let silent = LookFailure(reason: .timeout, phase: "connect", message: "no answer in time")
        return SelfTest(
            expectation: TCPExpectation(host: "192.0.2.1", port: 25, closedPorts: [2375], banner: "^220 "),
            healthy: TCPSnapshot(
                open: .seen(
                    .init(
                        remoteAddress: "192.0.2.1", connectSeconds: 0.001, firstLine: "220 mail ESMTP", isExpected: true
                    )),
                closed: [.init(port: 2375, accepted: .failed(refused))]),
            flaws: [
                .init("connect", "a closed port") { snapshot, _ in snapshot.open = .failed(refused) },
                .init("connect", "no answer in time", gives: .unknown) { snapshot, _ in snapshot.open = .failed(silent)
                },
                .init("banner", "another service") { snapshot, _ in
                    snapshot.open.alter { ($0.firstLine, $0.isExpected) = ("SSH-2.0-x", false) }
                },
                .init("banner", "a silent service") { snapshot, _ in
                    snapshot.open.alter { ($0.firstLine, $0.isExpected) = ("", false) }
                },
                .init("latency", "3 s to connect") { snapshot, _ in snapshot.open.alter { $0.connectSeconds = 3 } },
                .init("closed", "an open port") { snapshot, _ in snapshot.closed[0].accepted = .seen("192.0.2.1") },
                .init("closed", "a port that swallows packets", gives: .unknown) { snapshot, _ in
                    snapshot.closed[0].accepted = .failed(silent)
                },
            ])
    }
}
