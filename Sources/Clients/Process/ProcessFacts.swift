import Glibc

/// What the kernel tells about one pid at one moment.
struct ProcessFacts {
    let state: Character
    let parent: Int32
    let group: Int32
    let startTicks: UInt64

    let threads: Int

    /// A zombie (Z) or a process that is just vanishing (X). The first thread can be a zombie while others still end, and hold the
    /// process's files and ports until they have.
    var hasEnded: Bool { state == "X" || (state == "Z" && threads <= 1) }

    /// - Returns: nil when no process has this pid.
    static func read(pid: Int32) throws -> ProcessFacts? {
        let path = "/proc/\(pid)/stat"
        guard pid > 0, let text = try readSmallFile(path) else { return nil }
        // The name in parentheses may itself hold spaces and parentheses: count fields from the last one.
        guard let end = text.lastIndex(of: ")") else {
            throw ProcessError.unreadable(path: path, reason: "no name in it")
        }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let state = fields[0].first, let parent = Int32(fields[1]),
            let group = Int32(fields[2]), let threads = Int(fields[17]),
            let ticks = UInt64(fields[19])
        else { throw ProcessError.unreadable(path: path, reason: "not in the known form") }
        return ProcessFacts(state: state, parent: parent, group: group, startTicks: ticks, threads: threads)
    }
}

/// A file of `/proc` as text; nil when it, or its process, does not exist, or is not ours to look at.
func readSmallFile(_ path: String) throws -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
        if errno == ENOENT || errno == ESRCH || errno == EACCES { return nil }
        throw ProcessError.unreadable(path: path, reason: message(of: errno))
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16384)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count == 0 { return String(decoding: bytes, as: UTF8.self) }
        if count < 0 {
            if errno == EINTR { continue }
            if errno == ESRCH { return nil }
            throw ProcessError.unreadable(path: path, reason: message(of: errno))
        }
        bytes += buffer.prefix(count)
    }
}
