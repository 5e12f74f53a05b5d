import CCurl
import OpsModel

extension Transfer {
    /// What was received; for the end of a transfer that succeeded.
    func response() -> HTTPResponse {
        var address: UnsafeMutablePointer<CChar>?
        _ = opsctl_getinfo_str(easy, CURLINFO_PRIMARY_IP, &address)
        let timings = HTTPTimings(
            nameLookup: time(CURLINFO_NAMELOOKUP_TIME_T), connect: time(CURLINFO_CONNECT_TIME_T),
            tls: time(CURLINFO_APPCONNECT_TIME_T),
            firstByte: time(CURLINFO_STARTTRANSFER_TIME_T), total: time(CURLINFO_TOTAL_TIME_T))
        return HTTPResponse(
            status: status, headers: headers, body: sink.collected, timings: timings,
            remoteAddress: address.map { String(cString: $0) } ?? "", version: version)
    }

    var status: Int {
        var status = 0
        _ = opsctl_getinfo_long(easy, CURLINFO_RESPONSE_CODE, &status)
        return status
    }

    private var version: String {
        var version = 0
        _ = opsctl_getinfo_long(easy, CURLINFO_HTTP_VERSION, &version)
        return switch version {
        case Int(CURL_HTTP_VERSION_1_0): "1.0"
        case Int(CURL_HTTP_VERSION_1_1): "1.1"
        case Int(CURL_HTTP_VERSION_2_0): "2"
        default: "3"
        }
    }

    func failure(_ code: CURLcode) -> HTTPError {
        // Sound: never empty, and zero-terminated by libcurl.
        let detail = errorText.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        let why = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
        let url = printableURL(request.url)
        if let path = sink.failedPath { return .file(path: path, why: why) }
        if let limit = sink.exceededLimit { return .tooLarge(url: url, limit: limit) }
        return switch code {
        case CURLE_COULDNT_RESOLVE_HOST: .unresolved(url: url, why: why)
        case CURLE_COULDNT_CONNECT: .refused(url: url, why: why)
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM:
            .configuration(url: url, why: why)
        case CURLE_PEER_FAILED_VERIFICATION: .certificate(url: url, why: why)
        case CURLE_SSL_CONNECT_ERROR: .tls(url: url, why: why)
        default: .failed(url: url, why: why)
        }
    }
}

extension HTTPVersion {
    /// HTTP/2 is spoken only where TLS negotiates it.
    var libcurl: Int {
        switch self {
        case .http11: Int(CURL_HTTP_VERSION_1_1)
        case .http2: Int(CURL_HTTP_VERSION_2TLS)
        }
    }
}
