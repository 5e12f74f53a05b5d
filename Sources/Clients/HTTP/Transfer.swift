import Blocking
import CCurl
import Foundation
import Glibc
import OpsModel

/// One request over libcurl, from set-up to response; lives on one blocking thread.
final class Transfer {
    let request: HTTPRequest
    let easy: UnsafeMutableRawPointer
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var resolveList: UnsafeMutablePointer<curl_slist>?
    private(set) var errorText = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
    private var upload: Upload
    private(set) var sink: Sink
    private(set) var headers: [(name: String, value: String)] = []

    init(_ request: HTTPRequest) throws {
        try Self.refuseControlCharacters(in: request)
        self.request = request
        upload = try Upload(request.body)
        sink = try Sink(request.sink)
        // Sound: curl_easy_init fails only when memory is exhausted.
        easy = curl_easy_init()!
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(headerList)
        curl_slist_free_all(resolveList)
    }

    func run(over cache: ConnectionCache, _ waiter: Waiter) throws -> HTTPResponse {
        configure()
        let multi = UnsafeMutableRawPointer(cache.handle)
        let code = try errorText.withUnsafeMutableBufferPointer { text in
            _ = opsctl_setopt_ptr(easy, CURLOPT_ERRORBUFFER, text.baseAddress)
            curl_multi_add_handle(multi, easy)
            defer { curl_multi_remove_handle(multi, easy) }
            return try drive(multi, waiter)
        }
        guard code == CURLE_OK || (code == CURLE_WRITE_ERROR && sink.endedEarly) else { throw failure(code) }
        return response()
    }

    private func drive(_ multi: UnsafeMutableRawPointer, _ waiter: Waiter) throws -> CURLcode {
        var running: Int32 = 1
        while true {
            curl_multi_perform(multi, &running)
            if running == 0 { break }
            let timeout = try waiter.pollTimeout(phase: phase)
            var extra = curl_waitfd(fd: waiter.wake.descriptor, events: Int16(CURL_WAIT_POLLIN), revents: 0)
            curl_multi_poll(multi, &extra, 1, timeout, nil)
            if extra.revents != 0 { throw WaitError.cancelled(phase: phase) }
        }
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            if message.pointee.msg == CURLMSG_DONE { return message.pointee.data.result }
        }
        return CURLE_GOT_NOTHING
    }

    /// A line break would begin another header, or another request.
    private static func refuseControlCharacters(in request: HTTPRequest) throws(HTTPError) {
        let odd = request.headers.first { name, value in
            (name + value).unicodeScalars.contains { ($0.value < 0x20 && $0 != "\t") || $0.value == 0x7F }
        }
        guard odd != nil else { return }
        throw .configuration(url: printableURL(request.url), why: "a header holds a control character")
    }

    private func configure() {
        _ = opsctl_setopt_str(easy, CURLOPT_URL, request.url)
        _ = opsctl_setopt_long(easy, CURLOPT_PATH_AS_IS, 1)
        _ = opsctl_setopt_long(easy, CURLOPT_NOSIGNAL, 1)
        _ = opsctl_setopt_str(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        _ = opsctl_setopt_str(easy, CURLOPT_PROXY, "")
        _ = opsctl_setopt_long(easy, CURLOPT_HTTP_VERSION, request.version.libcurl)
        configureAuthority()
        if request.usesFreshConnection {
            _ = opsctl_setopt_long(easy, CURLOPT_FRESH_CONNECT, 1)
            _ = opsctl_setopt_long(easy, CURLOPT_FORBID_REUSE, 1)
        }
        if let pair = request.clientCertificate {
            _ = opsctl_setopt_str(easy, CURLOPT_SSLCERT, pair.certificateFile)
            _ = opsctl_setopt_str(easy, CURLOPT_SSLKEY, pair.keyFile)
        }
        if request.maximumRedirects > 0 {
            _ = opsctl_setopt_long(easy, CURLOPT_FOLLOWLOCATION, 1)
            _ = opsctl_setopt_long(easy, CURLOPT_MAXREDIRS, request.maximumRedirects)
        }
        let isNamed = request.headers.contains { $0.name.lowercased() == "user-agent" }
        for (name, value) in request.headers + (isNamed ? [] : [("User-Agent", userAgent)]) + [("Expect", "")] {
            let isSuppressed = name == "Expect"
            headerList = curl_slist_append(
                headerList, value.isEmpty ? (isSuppressed ? "\(name):" : "\(name);") : "\(name): \(value)")
        }
        _ = opsctl_setopt_slist(easy, CURLOPT_HTTPHEADER, headerList)
        configureAddresses()
        configureMethod()
        configureCallbacks()
    }

    /// Without a file, the roots of the system: looked up by hash where that is possible, because reading all of them takes
    /// some 35 ms of every connection.
    private func configureAuthority() {
        if let file = request.authorityFile {
            _ = opsctl_setopt_str(easy, CURLOPT_CAINFO, file)
        } else if let folder = hashedRoots {
            _ = opsctl_setopt_str(easy, CURLOPT_CAINFO, nil)
            _ = opsctl_setopt_str(easy, CURLOPT_CAPATH, folder)
        }
    }

    /// CURLOPT_RESOLVE: `HOST:PORT:ADDRESS,ADDRESS`.
    private func configureAddresses() {
        guard !request.addresses.isEmpty, let parts = URLComponents(string: request.url), let host = parts.host else {
            return
        }
        let port = parts.port ?? (parts.scheme == "https" ? 443 : 80)
        let addresses = request.addresses.map { $0.contains(":") ? "[\($0)]" : $0 }.joined(separator: ",")
        resolveList = curl_slist_append(resolveList, "\(host):\(port):\(addresses)")
        _ = opsctl_setopt_slist(easy, CURLOPT_RESOLVE, resolveList)
    }

    private func configureMethod() {
        if request.method == "HEAD" {
            _ = opsctl_setopt_long(easy, CURLOPT_NOBODY, 1)
        } else if let size = upload.size {
            _ = opsctl_setopt_long(easy, CURLOPT_UPLOAD, 1)
            _ = opsctl_setopt_off(easy, CURLOPT_INFILESIZE_LARGE, size)
            _ = opsctl_setopt_str(easy, CURLOPT_CUSTOMREQUEST, request.method)
        } else if request.method == "POST" || request.method == "PUT" {
            _ = opsctl_setopt_long(easy, CURLOPT_POST, 1)
            _ = opsctl_setopt_off(easy, CURLOPT_POSTFIELDSIZE_LARGE, 0)
            _ = opsctl_setopt_str(easy, CURLOPT_CUSTOMREQUEST, request.method)
        } else {
            _ = opsctl_setopt_str(easy, CURLOPT_CUSTOMREQUEST, request.method)
        }
    }

    private func configureCallbacks() {
        // Sound: libcurl calls back only inside `drive`, while `self` is alive.
        let me = Unmanaged.passUnretained(self).toOpaque()
        _ = opsctl_setopt_ptr(easy, CURLOPT_READDATA, me)
        _ = opsctl_setopt_callback(easy, CURLOPT_READFUNCTION) { buffer, size, count, context in
            transfer(context).upload.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
        }
        _ = opsctl_setopt_ptr(easy, CURLOPT_WRITEDATA, me)
        _ = opsctl_setopt_callback(easy, CURLOPT_WRITEFUNCTION) { buffer, size, count, context in
            transfer(context).sink.take(UnsafeRawBufferPointer(start: buffer, count: size * count))
        }
        _ = opsctl_setopt_ptr(easy, CURLOPT_HEADERDATA, me)
        _ = opsctl_setopt_callback(easy, CURLOPT_HEADERFUNCTION) { buffer, size, count, context in
            transfer(context).takeHeader(UnsafeRawBufferPointer(start: buffer, count: size * count))
            return size * count
        }
    }

    private func takeHeader(_ bytes: UnsafeRawBufferPointer) {
        let line = String(decoding: bytes, as: UTF8.self).trimmingNewline
        if line.hasPrefix("HTTP/") { return headers.removeAll() }
        if line.isEmpty, status >= 200 { request.onHead?(HTTPHead(status: status, headers: headers)) }
        guard let colon = line.firstIndex(of: ":") else { return }
        let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        headers.append((line[..<colon].lowercased(), String(value)))
    }

    private var phase: String {
        if time(CURLINFO_NAMELOOKUP_TIME_T) == .zero { return "resolve" }
        if time(CURLINFO_CONNECT_TIME_T) == .zero { return "connect" }
        if request.url.hasPrefix("https") && time(CURLINFO_APPCONNECT_TIME_T) == .zero { return "tls" }
        return time(CURLINFO_STARTTRANSFER_TIME_T) == .zero ? "first_byte" : "transfer"
    }

    func time(_ field: CURLINFO) -> Duration {
        var value: curl_off_t = 0
        _ = opsctl_getinfo_off(easy, field, &value)
        return .microseconds(value)
    }
}

/// Sound: the pointer is the `self` that `configureCallbacks` handed to libcurl.
private func transfer(_ context: UnsafeMutableRawPointer?) -> Transfer {
    Unmanaged<Transfer>.fromOpaque(context!).takeUnretainedValue()
}

extension String {
    fileprivate var trimmingNewline: String {
        var copy = self
        while let last = copy.last, last.isNewline { copy.removeLast() }
        return copy
    }
}
