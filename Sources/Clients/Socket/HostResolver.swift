package import Blocking
import Glibc
import OpsModel
import Synchronization

/// Whether `host` is an IPv4 or IPv6 address, which needs no resolver.
package func isAddress(_ host: String) -> Bool {
    var four = in_addr()
    var six = in6_addr()
    return inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1
}

/// Asks the system's resolver for the addresses of `host`, IPv4 and IPv6, in its order of preference.
///
/// getaddrinfo(3) cannot be interrupted: it runs on a thread of its own, which is left to itself when the deadline comes first.
/// - Throws: `SocketError.unresolved`; `SocketError.resolverTimedOut` at the deadline.
package func resolve(host: String, timeout: Duration) async throws -> [String] {
    let request = ResolverRequest(host: host, done: try Wake())
    do {
        return try await blocking(timeout: timeout, on: patientExecutor) { waiter in
            try request.start()
            try waiter.wait(request.done.descriptor, for: POLLIN, phase: "resolve")
            return try request.addresses()
        }
    } catch WaitError.timedOut {
        throw SocketError.resolverTimedOut(host: host)
    }
}

private final class ResolverRequest: Sendable {
    let host: String
    let done: Wake
    private let answer = Mutex<Result<[String], SocketError>?>(nil)

    init(host: String, done: Wake) { (self.host, self.done) = (host, done) }

    func start() throws {
        var thread = pthread_t()
        let me = Unmanaged.passRetained(self).toOpaque()
        let code = pthread_create(
            &thread, nil,
            { argument in
                // Sound: `start` passed exactly this retained object, and pthread hands it over unchanged.
                Unmanaged<ResolverRequest>.fromOpaque(argument!).takeRetainedValue().work()
                return nil
            }, me)
        guard code == 0 else {
            Unmanaged<ResolverRequest>.fromOpaque(me).release()
            throw SocketError.failed(endpoint: host, phase: "resolve", errno: code)
        }
        pthread_detach(thread)
    }

    private func work() {
        let result = lookUp()
        answer.withLock { $0 = result }
        done.fire()
    }

    func addresses() throws -> [String] {
        guard let result = answer.withLock({ $0 }) else {
            throw SocketError.unresolved(host: host, why: "the resolver gave no answer")
        }
        return try result.get()
    }

    private func lookUp() -> Result<[String], SocketError> {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else {
            return .failure(
                code == EAI_NONAME || code == EAI_NODATA_code
                    ? .noSuchName(host: host) : .unresolved(host: host, why: String(cString: gai_strerror(code))))
        }
        defer { freeaddrinfo(list) }
        var texts: [String] = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ai_next
            var buffer = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            guard
                getnameinfo(
                    entry.ai_addr, entry.ai_addrlen, &buffer, socklen_t(buffer.count), nil, 0, NI_NUMERICHOST) == 0
            else { continue }
            let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if !texts.contains(text) { texts.append(text) }
        }
        return .success(texts)
    }
}

/// netdb.h: "no address associated with host name"; Glibc's module leaves the macro out.
private let EAI_NODATA_code: Int32 = -5
