import CCurl
import Glibc

/// The sending side of a transfer.
struct Upload: ~Copyable {
    let size: curl_off_t?
    private let bytes: [UInt8]
    private var offset = 0
    private let descriptor: Int32

    init(_ body: HTTPBody) throws(HTTPError) {
        switch body {
        case .none: (size, bytes, descriptor) = (nil, [], -1)
        case .bytes(let bytes): (size, self.bytes, descriptor) = (curl_off_t(bytes.count), bytes, -1)
        case .file(let path):
            let opened = open(path, O_RDONLY | O_CLOEXEC)
            var facts = stat()
            guard opened >= 0, fstat(opened, &facts) == 0 else {
                throw .file(path: path, why: String(cString: strerror(errno)))
            }
            (size, bytes, descriptor) = (curl_off_t(facts.st_size), [], opened)
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Fills `buffer`; returns the count, 0 at the end, or libcurl's abort code.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        if descriptor >= 0 {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            return count < 0 ? Int(CURL_READFUNC_ABORT) : count
        }
        let count = min(buffer.count, bytes.count - offset)
        buffer.copyBytes(from: bytes[offset..<(offset + count)])
        offset += count
        return count
    }
}

/// The receiving side of a transfer.
struct Sink: ~Copyable {
    private let target: HTTPSink
    private let descriptor: Int32
    private var received = 0
    private(set) var collected: [UInt8] = []
    private(set) var endedEarly = false
    private(set) var exceededLimit: Int?
    private(set) var failedPath: String?

    init(_ target: HTTPSink) throws(HTTPError) {
        self.target = target
        guard case .file(let path, _) = target else {
            descriptor = -1
            return
        }
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw .file(path: path, why: String(cString: strerror(errno))) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Takes one piece; returning another count than offered makes libcurl end the transfer.
    mutating func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        received += bytes.count
        switch target {
        case .memory(let limit):
            guard received <= limit else { return exceed(limit) }
            collected.append(contentsOf: bytes)
            return bytes.count
        case .file(let path, let limit):
            guard received <= limit else { return exceed(limit) }
            return write(bytes, path: path)
        case .each(let handOver):
            endedEarly = !handOver(Array(bytes))
            return endedEarly ? 0 : bytes.count
        }
    }

    private mutating func exceed(_ limit: Int) -> Int {
        exceededLimit = limit
        return 0
    }

    private mutating func write(_ bytes: UnsafeRawBufferPointer, path: String) -> Int {
        var offset = 0
        while offset < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            guard count >= 0 || errno == EINTR else {
                failedPath = path
                return 0
            }
            offset += max(count, 0)
        }
        return bytes.count
    }
}
