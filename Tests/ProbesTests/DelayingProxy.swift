import Glibc
import Synchronization

/// A TCP proxy on loopback that passes every byte on after `delay`, in both directions: a link with a round trip of twice that.
final class DelayingProxy: Sendable {
    let port: Int
    private let listener: Int32

    init(to target: Int, delay: Duration) throws {
        signal(SIGPIPE, SIG_IGN)
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.loopback(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> Int32 in
                guard bind(listener, address, size) == 0, listen(listener, 16) == 0 else { return -1 }
                return getsockname(listener, address, &size)
            }
        }
        guard bound == 0 else { throw CannotListen(code: errno) }
        (self.listener, port) = (listener, Int(UInt16(bigEndian: address.sin_port)))
        spawn {
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
                var address = Self.loopback(target)
                let connected = withUnsafePointer(to: &address) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                    }
                }
                guard connected == 0 else {
                    close(client)
                    close(server)
                    continue
                }
                for descriptor in [client, server] {
                    var on: Int32 = 1
                    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
                }
                Pipe(from: client, to: server, delay: delay).start()
                Pipe(from: server, to: client, delay: delay).start()
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}

/// One direction: a thread that reads and stamps, one that waits and writes, so that bytes do not wait for each other.
private final class Pipe: Sendable {
    private let source: Int32
    private let sink: Int32
    private let delay: Duration
    private let queue = Mutex<[(due: ContinuousClock.Instant, bytes: [UInt8])]>([])

    init(from source: Int32, to sink: Int32, delay: Duration) {
        (self.source, self.sink, self.delay) = (source, sink, delay)
    }

    func start() {
        spawn { [self] in
            var count = 1
            while count > 0 {
                var buffer = [UInt8](repeating: 0, count: 65_536)
                count = recv(source, &buffer, buffer.count, 0)
                let chunk = Array(buffer.prefix(max(count, 0)))
                queue.withLock { $0.append((.now + delay, chunk)) }
            }
        }
        spawn { [self] in
            while true {
                guard let next = queue.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else {
                    usleep(500)
                    continue
                }
                let left = next.due - .now
                if left > .zero { usleep(UInt32(left.components.attoseconds / 1_000_000_000_000)) }
                // An empty chunk is the end of this direction.
                guard !next.bytes.isEmpty, send(sink, next.bytes, next.bytes.count, 0) > 0 else {
                    shutdown(sink, Int32(SHUT_WR))
                    return
                }
            }
        }
    }
}

private func spawn(_ body: @escaping @Sendable () -> Void) {
    final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let work = Unmanaged.passRetained(Work(body)).toOpaque()
    pthread_create(
        &thread, nil,
        { argument in
            Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue().body()
            return nil
        }, work)
    pthread_detach(thread)
}

private struct CannotListen: Error { let code: Int32 }
