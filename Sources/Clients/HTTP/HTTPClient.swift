import Blocking
import CCurl
import OpsModel
import Synchronization

/// HTTP/1.1 and HTTPS over libcurl. Connections are kept and reused between requests of one client.
package final class HTTPClient: Sendable {
    private let idle = Mutex<[ConnectionCache]>([])
    private let executor: BlockingExecutor

    /// - Parameter isPatient: for many servers of which some are silent: up to 512 requests of all such clients wait at once
    ///   without holding up others.
    package init(isPatient: Bool = false) {
        executor = isPatient ? patientExecutor : .shared
        precondition(curlIsReady, "libcurl could not be initialised")
    }

    /// Sends one request. - Throws: `HTTPError`.
    package func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        do {
            return try await blocking(timeout: request.timeout, on: executor) { waiter in
                let cache = self.idle.withLock { $0.popLast() } ?? ConnectionCache()
                defer { self.idle.withLock { $0.append(cache) } }
                return try Transfer(request).run(over: cache, waiter)
            }
        } catch WaitError.timedOut(let phase) {
            throw HTTPError.timedOut(url: printableURL(request.url), phase: phase)
        } catch is WaitError {
            throw HTTPError.cancelled(url: printableURL(request.url))
        }
    }
}

private let patientExecutor = BlockingExecutor(maxThreads: 512)

/// curl_global_init, once and thread-safe.
private let curlIsReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

/// A curl multi handle, which owns a connection cache; used by one transfer at a time.
final class ConnectionCache: Sendable {
    // Sound: the client's pool hands the handle to one transfer at a time.
    nonisolated(unsafe) let handle: OpaquePointer

    init() {
        // Sound: curl_multi_init fails only when memory is exhausted.
        handle = OpaquePointer(curl_multi_init()!)
    }

    deinit { curl_multi_cleanup(UnsafeMutableRawPointer(handle)) }
}
