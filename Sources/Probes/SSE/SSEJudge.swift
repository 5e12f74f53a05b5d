import OpsModel

extension SSESnapshot {
    /// Turns a snapshot into results; pure.
    func judge(_ expectation: SSEExpectation, _ sheet: inout CheckSheet) {
        let curl = "curl -N -i \(expectation.place)"
        guard let head = head.facts else {
            let failure =
                self.head.failure ?? LookFailure(reason: .internalError, phase: "look", message: "not looked at")
            sheet.record(
                "connect", failure, expected: "status 200",
                fix: failure.connectionFix(to: expectation.place) ?? "see the service's log")
            return sheet.blockRest(by: "connect")
        }
        sheet.expect(
            "connect", head.status == 200, observed: String(head.status), expected: "200", reason: .status,
            phase: "first_byte", fix: curl)
        guard head.status == 200 else { return sheet.blockRest(by: "connect") }
        let isStream = head.contentType.lowercased().prefix { $0 != ";" && $0 != " " } == "text/event-stream"
        sheet.expect(
            "content_type", isStream, observed: head.contentType.isEmpty ? "none" : head.contentType,
            expected: "text/event-stream", reason: .mismatch, phase: "first_byte", fix: curl)
        guard isStream else { return sheet.blockRest(by: "content_type") }
        judgeHeartbeat(expectation, &sheet, fix: curl)
        judgeFirst(&sheet, fix: curl)
        judgeIDs(expectation, &sheet)
        judgeEvent(expectation, &sheet, fix: curl)
        judgeBuffering(&sheet)
    }

    private var watched: String { "\(numberText(seconds)) s" }

    private func judgeFirst(_ sheet: inout CheckSheet, fix: String) {
        guard let first = events.first else {
            return sheet.record(
                "first_event", .fail, observed: "no event in \(watched)", expected: "an event", reason: .timeout,
                phase: "transfer", fix: fix)
        }
        sheet.measure("first_event", first.at, reason: .timeout, phase: "transfer", fix: fix)
    }

    /// The largest gap between two signs of life, from the head to the end of the watch.
    private func judgeHeartbeat(_ expectation: SSEExpectation, _ sheet: inout CheckSheet, fix: String) {
        let times = [head.facts?.remoteSeconds ?? 0] + signs + [seconds]
        let gap = zip(times, times.dropFirst()).map { $1 - $0 }.max() ?? seconds
        let advice = "send a comment line every 15 s where there is no event"
        guard let limit = expectation.heartbeat else {
            return sheet.measure("heartbeat", gap, reason: .timeout, phase: "transfer", fix: advice)
        }
        sheet.record(
            "heartbeat", gap <= limit ? .pass : .fail, observed: numberText(gap),
            expected: "at most \(numberText(limit)) s", unit: "s", reason: .timeout, phase: "transfer", fix: advice,
            measure: Measure(gap, unit: "s", direction: .atMost, warn: nil, fail: limit))
    }

    private func judgeIDs(_ expectation: SSEExpectation, _ sheet: inout CheckSheet) {
        guard let rule = expectation.ids else { return sheet.skip("ids", because: "not asked for") }
        let ids = events.map(\.id)
        let expected = "\(rule.rawValue) ids"
        let fix = "give each event an id that is higher than the last one's"
        guard ids.count > 1 else {
            return sheet.record(
                "ids", .unknown, observed: "\(ids.count) events in \(watched)", expected: expected, reason: .timeout,
                phase: "transfer", fix: "watch for longer")
        }
        let known = ids.compactMap { $0 }
        var fault: String?
        if known.count < ids.count {
            fault = "\(ids.count - known.count) of \(ids.count) events have no id"
        } else if rule == .unique, Set(known).count < known.count {
            fault = "an id comes twice"
        } else if rule == .increasing, let pair = zip(known, known.dropFirst()).first(where: { !isLess($0, $1) }) {
            fault = "`\(pair.1)` after `\(pair.0)`"
        }
        sheet.expect(
            "ids", fault == nil, observed: fault ?? "\(known[0]) to \(known[known.count - 1])", expected: expected,
            reason: .mismatch, phase: "transfer", fix: fix)
    }

    /// As numbers where both are, and as text of equal or growing length otherwise.
    private func isLess(_ one: String, _ two: String) -> Bool {
        if let left = Int(one), let right = Int(two) { return left < right }
        return one < two
    }

    private func judgeEvent(_ expectation: SSEExpectation, _ sheet: inout CheckSheet, fix: String) {
        guard let name = expectation.event else { return sheet.skip("event", because: "not asked for") }
        let named = events.filter { $0.name == name }
        let match = named.first { event in
            expectation.data.map { $0.asText.fault(of: .string(event.data ?? "")) == nil } ?? true
        }
        let wanted = expectation.data.map { ", whose data \($0.asText.text)" } ?? ""
        sheet.expect(
            "event", match != nil, observed: "\(named.count) of \(events.count) events are `\(name)`",
            expected: "an event `\(name)`\(wanted)", reason: .mismatch, phase: "transfer", fix: fix)
    }

    /// Everything at once, right before the server ends: somebody on the way has held it back.
    private func judgeBuffering(_ sheet: inout CheckSheet) {
        let fix = "switch buffering off on the way: proxy_buffering off, X-Accel-Buffering: no"
        guard events.count > 1, let first = events.first?.at, let last = events.last?.at else {
            return sheet.skip("buffering", because: "fewer than two events came")
        }
        let isHeldBack = hasEnded && last - first < 0.05 && seconds - last < 0.2 && first > 0.3
        sheet.expect(
            "buffering", !isHeldBack,
            observed: "\(events.count) events from \(numberText(first)) to \(numberText(last)) s",
            expected: "events before the end", reason: .mismatch, phase: "transfer", fix: fix)
    }
}

extension SSESubject {
    package static var selfTest: SelfTest<SSESubject> {
        var expectation = SSEExpectation(url: "https://app.example/events")
        (expectation.ids, expectation.event) = (.increasing, "tick")
        let events = (1...4).map {
            SSESnapshot.Event(name: "tick", id: "\($0)", at: Double($0) * 0.5, data: "{}")
        }
        return SelfTest(
            expectation: expectation,
            healthy: SSESnapshot(
                head: .seen(.init(status: 200, contentType: "text/event-stream", remoteSeconds: 0.01)),
                events: events, signs: events.map(\.at), seconds: 2.2, hasEnded: true),
            flaws: [
                .init("connect", "status 503") { snapshot, _ in snapshot.head.alter { $0.status = 503 } },
                .init("connect", "no answer in time", gives: .unknown) { snapshot, _ in
                    snapshot.head = .failed(LookFailure(reason: .timeout, phase: "first_byte", message: "no answer"))
                },
                .init("content_type", "a JSON document") { snapshot, _ in
                    snapshot.head.alter { $0.contentType = "application/json" }
                },
                .init("first_event", "no event") { snapshot, _ in (snapshot.events, snapshot.signs) = ([], []) },
                .init("first_event", "an event after 4 s", gives: .warn) { snapshot, _ in
                    snapshot.events[0].at = 4
                },
                .init("heartbeat", "a minute of silence") { snapshot, _ in snapshot.seconds = 70 },
                .init("ids", "an id that falls") { snapshot, _ in snapshot.events[2].id = "1" },
                .init("ids", "an event without an id") { snapshot, _ in snapshot.events[2].id = nil },
                .init("event", "another event") { snapshot, _ in
                    for index in snapshot.events.indices { snapshot.events[index].name = "message" }
                },
                .init("buffering", "all events at the end") { snapshot, _ in
                    for index in snapshot.events.indices { snapshot.events[index].at = 2.1 }
                },
            ])
    }
}
