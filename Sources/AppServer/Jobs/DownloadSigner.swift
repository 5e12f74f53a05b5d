import Cryptography
import Foundation

/// Makes and checks download URLs that work without credentials until they expire (HMAC-SHA-256, RFC 2104).
struct DownloadSigner: Sendable {
    enum Verdict: Equatable { case valid, expired, forged }

    static let validity: TimeInterval = 3600
    private let key: [UInt8]

    init(_ master: SigningKey) {
        // A key of its own for this purpose, so that signatures of other things never fit here.
        key = hmacSHA256(key: master.bytes, "opsctl appserver download url v1".utf8)
    }

    func url(for id: String, now: Date = Date()) -> String {
        // Rounded up, so that repeated questions give one URL and caches can work.
        let expires = Int(((now.timeIntervalSince1970 + Self.validity) / 900).rounded(.up) * 900)
        return "/api/v1/jobs/\(id)/download?expires=\(expires)&signature=\(signature(id, expires))"
    }

    /// Judges the signature before the time: a forged URL never learns whether it would have expired.
    func verify(id: String, expires: String?, signature given: String?, now: Date = Date()) -> Verdict {
        guard let expires, let given, let seconds = Int(expires), String(seconds) == expires,
            constantTimeEqual(given.utf8, signature(id, seconds).utf8)
        else { return .forged }
        return now.timeIntervalSince1970 <= Double(seconds) ? .valid : .expired
    }

    private func signature(_ id: String, _ expires: Int) -> String {
        base64URL(hmacSHA256(key: key, "GET\n\(id)\n\(expires)".utf8))
    }
}
