import Glibc

/// Every pid of this machine, as far as `/proc` shows them.
func allProcesses() throws -> [Int32] {
    guard let folder = opendir("/proc") else {
        throw ProcessError.unreadable(path: "/proc", reason: message(of: errno))
    }
    defer { closedir(folder) }
    var pids: [Int32] = []
    while let entry = readdir(folder) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        if let pid = Int32(name) { pids.append(pid) }
    }
    return pids
}

/// The running processes whose program is called `program` and which have every one of `arguments` on their command line,
/// without those whose parent is such a process itself (a master's workers). Finds a daemon whose record was lost.
package func runningProcesses(of program: String, arguments: [String]) throws -> [ProcessIdentity] {
    var found: [Int32: ProcessFacts] = [:]
    for pid in try allProcesses() {
        guard try programName(of: pid) == program, try Set(arguments).isSubset(of: commandLine(of: pid)),
            let facts = try ProcessFacts.read(pid: pid), !facts.hasEnded
        else { continue }
        found[pid] = facts
    }
    return try found.filter { found[$0.value.parent] == nil }.keys.sorted().compactMap {
        try ProcessIdentity.of(pid: $0)
    }
}

/// The running processes with an argument that names `folder` or something below it; with `programs`, only theirs.
package func runningProcesses(of programs: [String]? = nil, using folder: String) throws -> [ProcessIdentity] {
    try allProcesses().compactMap { pid in
        guard try commandLine(of: pid).contains(where: { $0.hasSuffix(folder) || $0.contains("\(folder)/") }),
            try programs?.contains(programName(of: pid) ?? "") ?? true,
            let process = try ProcessIdentity.of(pid: pid), try process.isRunning
        else { return nil }
        return process
    }
}

/// The running processes whose environment holds `name=value`, as they were started; those of other users are not seen.
package func runningProcesses(withVariable name: String, _ value: String) throws -> [ProcessIdentity] {
    try allProcesses().compactMap { pid in
        guard try environment(of: pid).contains("\(name)=\(value)"), let process = try ProcessIdentity.of(pid: pid),
            try process.isRunning
        else { return nil }
        return process
    }
}

/// `name=value` pairs of `pid`; empty when it is gone or not ours to look at.
private func environment(of pid: Int32) throws -> [String] {
    guard access("/proc/\(pid)/environ", R_OK) == 0 else { return [] }
    return try readSmallFile("/proc/\(pid)/environ")?.split(separator: "\0").map(String.init) ?? []
}

/// The name of the file that `pid` executes; nil when it is gone, is a kernel thread, or is not ours to look at.
private func programName(of pid: Int32) throws -> String? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = buffer.withUnsafeMutableBytes {
        readlink("/proc/\(pid)/exe", $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
    }
    guard count > 0 else { return nil }
    let path = String(decoding: buffer.prefix(count), as: UTF8.self)
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return name.hasSuffix(" (deleted)") ? String(name.dropLast(10)) : name
}

/// The arguments of `pid`; empty when it is gone.
package func commandLine(of pid: Int32) throws -> [String] {
    try readSmallFile("/proc/\(pid)/cmdline")?.split(separator: "\0").map(String.init) ?? []
}

/// The working directories of all running processes that we may look at, links resolved.
package func workingDirectories() throws -> Set<String> {
    var folders: Set<String> = []
    for pid in try allProcesses() {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/\(pid)/cwd", &buffer, buffer.count)
        // Gone meanwhile, a zombie, or somebody else's.
        guard count > 0 else { continue }
        folders.insert(String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
    return folders
}
