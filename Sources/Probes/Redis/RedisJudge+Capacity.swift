import OpsModel

extension RedisInfo {
    func judgeCapacity(_ expectation: RedisExpectation, _ sheet: inout CheckSheet) {
        judgeVersion(expectation, &sheet)
        judgeEviction(expectation, &sheet)
        judgeMemory(&sheet)
        judgeFragmentation(&sheet)
        judgeClients(&sheet)
        guard let uptime = number("uptime_in_seconds") else { return omits("uptime", "uptime_in_seconds", &sheet) }
        sheet.measure(
            "uptime", uptime, phase: "command", fix: "see why it restarted: the server's log, and the system's")
    }

    private func judgeVersion(_ expectation: RedisExpectation, _ sheet: inout CheckSheet) {
        guard let minimum = expectation.minimumVersion else { return sheet.skip("version", because: "not asked for") }
        guard let version = self["redis_version"], let isNewEnough = isVersion(version, atLeast: minimum) else {
            return lacks("version", "redis_version", &sheet)
        }
        sheet.expect(
            "version", isNewEnough, observed: version, expected: "\(minimum) or newer", reason: .mismatch,
            phase: "command", fix: "upgrade the server")
    }

    private func judgeEviction(_ expectation: RedisExpectation, _ sheet: inout CheckSheet) {
        guard let wanted = expectation.eviction else {
            sheet.skip("eviction_policy", because: "not asked for")
            return sheet.skip("evictions", because: "no `eviction: noeviction` asked for")
        }
        if let policy = self["maxmemory_policy"] {
            sheet.expect(
                "eviction_policy", policy == wanted, observed: policy, expected: wanted, reason: .policy,
                phase: "command", fix: "CONFIG SET maxmemory-policy \(wanted)")
        } else {
            lacks("eviction_policy", "maxmemory_policy", &sheet)
        }
        guard wanted == "noeviction" else { return sheet.skip("evictions", because: "\(wanted) evicts keys by design") }
        guard let evicted = number("evicted_keys") else { return lacks("evictions", "evicted_keys", &sheet) }
        sheet.measure(
            "evictions", evicted, observed: "\(numberText(evicted)) keys since the start", phase: "command",
            fix: "CONFIG SET maxmemory-policy noeviction, write the lost keys again, then CONFIG RESETSTAT")
    }

    private func judgeClients(_ sheet: inout CheckSheet) {
        if let rejected = number("rejected_connections") {
            sheet.measure(
                "rejected_connections", rejected, observed: "\(numberText(rejected)) since the start", phase: "command",
                fix: "CONFIG SET maxclients to more, look for clients that leak connections: CLIENT LIST")
        } else {
            omits("rejected_connections", "rejected_connections", &sheet)
        }
        guard let limit = number("maxclients"), limit > 0, let count = number("connected_clients") else {
            return sheet.skip("clients", because: "this version does not tell maxclients in INFO")
        }
        let percent = (count / limit * 1000).rounded() / 10
        sheet.measure(
            "clients", percent, observed: "\(numberText(count)) of \(numberText(limit))", phase: "command",
            fix: "CONFIG SET maxclients to more, look for clients that leak connections: CLIENT LIST")
    }

    /// Nobody asked for it, and a managed service may not tell it.
    func omits(_ check: String, _ field: String, _ sheet: inout CheckSheet) {
        sheet.skip(check, because: "this server does not tell \(field) in INFO")
    }

    /// Asked for, and not to be seen.
    func lacks(_ check: String, _ field: String, _ sheet: inout CheckSheet) {
        sheet.record(
            check, .unknown, observed: "not in INFO", expected: field, reason: .proto, phase: "command",
            fix: "INFO, and look for \(field)")
    }
}

extension RedisSnapshot {
    func judgeLatency(_ sheet: inout CheckSheet) {
        switch pings {
        case .notLooked: sheet.block(["latency"], by: "ping")
        case .failed(let failure):
            sheet.record(
                "latency", failure, expected: "PONG", fix: "see the server's load: SLOWLOG GET, LATENCY DOCTOR")
        case .seen(let seconds):
            let sorted = seconds.sorted()
            guard let slowest = sorted.last else { return sheet.block(["latency"], by: "ping") }
            let percentile = sorted[max(0, Int((Double(sorted.count) * 0.99).rounded(.up)) - 1)]
            let texts = [sorted[sorted.count / 2], percentile, slowest].map { numberText($0 * 1000) }
            sheet.measure(
                "latency", percentile,
                observed: "p50 \(texts[0]) ms, p99 \(texts[1]) ms, slowest \(texts[2]) ms of \(sorted.count)",
                phase: "command", fix: "see the server's load: SLOWLOG GET, LATENCY DOCTOR")
        }
    }

    func judgeSlowCommands(_ flight: Flight, _ expectation: RedisExpectation, _ sheet: inout CheckSheet) {
        guard let answer = flight.slowCommands else { return sheet.skip("slow_commands", because: "not asked for") }
        guard let count = answer.text.flatMap(Double.init) else {
            return sheet.lacksPrivilege(
                "slow_commands", observed: answer.error ?? "no number", expected: "SLOWLOG LEN", phase: "command",
                fix: "ACL SETUSER \(expectation.user) +slowlog|len")
        }
        sheet.measure(
            "slow_commands", count, observed: "\(numberText(count)) in the slow log", phase: "command",
            fix: "SLOWLOG GET 10, then SLOWLOG RESET")
    }
}
