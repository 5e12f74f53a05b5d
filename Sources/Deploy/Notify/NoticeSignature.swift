import Cryptography
package import OpsModel

/// The signature of a webhook, as Stripe spells it: `t=SECONDS,v1=HEX`, where HEX is HMAC-SHA256 over `SECONDS.BODY`.
///
/// A receiver recomputes it over the raw body, compares in constant time, and refuses times older than five minutes.
package enum NoticeSignature {
    package static let header = "X-Opsctl-Signature"

    /// - Parameter time: seconds since 1970, of this try.
    package static func value(key: Secret, time: Int, body: some Sequence<UInt8>) -> String {
        let signed = Array("\(time).".utf8) + Array(body)
        return "t=\(time),v1=\(hex(hmacSHA256(key: Array(key.reveal().utf8), signed)))"
    }
}
