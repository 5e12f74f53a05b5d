import OpsModel

extension RedisInfo {
    func judgeMemory(_ sheet: inout CheckSheet) {
        guard let used = number("used_memory") else { return omits("memory", "used_memory", &sheet) }
        guard let limit = number("maxmemory"), limit > 0 else {
            return sheet.skip("memory", because: "maxmemory is not set: only the machine's memory limits it")
        }
        if let policy = self["maxmemory_policy"], policy.hasPrefix("allkeys-") {
            return sheet.skip("memory", because: "\(policy): a full cache evicts keys and takes writes, by design")
        }
        // What the server itself leaves out when it compares: buffers of replicas and of the append-only file.
        let counted = max(0, used - (number("mem_not_counted_for_evict") ?? 0))
        let percent = (counted / limit * 100).rounded()
        sheet.measure(
            "memory", percent, observed: "\(numberText(percent)) % of \(numberText(limit)) B", phase: "command",
            fix: "CONFIG SET maxmemory to more, or remove keys: redis-cli --bigkeys")
    }

    func judgeFragmentation(_ sheet: inout CheckSheet) {
        guard let used = number("used_memory") else { return omits("fragmentation", "used_memory", &sheet) }
        guard used >= 64 * 1024 * 1024 else {
            return sheet.skip("fragmentation", because: "less than 64 MiB in use: the ratio means nothing")
        }
        guard let ratio = number("mem_fragmentation_ratio") else {
            return omits("fragmentation", "mem_fragmentation_ratio", &sheet)
        }
        guard ratio >= 1 else {
            return sheet.record(
                "fragmentation", .warn, observed: "\(numberText(ratio)): part of the data is not in memory",
                expected: "at least 1", reason: .limit, phase: "command",
                fix: "see VmSwap in /proc/PID/status of the server; give the machine memory, or lower maxmemory",
                measure: Measure(ratio, unit: nil, direction: .atLeast, warn: 1, fail: nil))
        }
        sheet.measure(
            "fragmentation", ratio, phase: "command", fix: "CONFIG SET activedefrag yes, or restart a replica first")
    }
}
