import COpenSSL
package import Foundation

/// What a certificate says of itself (RFC 5280, section 4.1.2).
package struct CertificateFacts: Codable, Sendable, Equatable {
    package var subject: String
    package var issuer: String
    package var notBefore: Date
    package var notAfter: Date
    /// DNS names of subjectAltName; empty when there are none.
    package var names: [String]
    /// SHA-256 of the DER form, in hex: tells two certificates apart.
    package var fingerprint: String

    package init(
        subject: String, issuer: String, notBefore: Date, notAfter: Date, names: [String], fingerprint: String
    ) {
        (self.subject, self.issuer, self.notBefore, self.notAfter) = (subject, issuer, notBefore, notAfter)
        (self.names, self.fingerprint) = (names, fingerprint)
    }

    /// - Parameter certificate: an `X509 *`, borrowed.
    /// Returns nil for one whose dates cannot be read.
    package init?(_ certificate: OpaquePointer) {
        var (start, end): (Int64, Int64) = (0, 0)
        guard opsctl_ASN1_seconds(X509_get0_notBefore(certificate), &start) == 1,
            opsctl_ASN1_seconds(X509_get0_notAfter(certificate), &end) == 1
        else { return nil }
        var names = [CChar](repeating: 0, count: 4096)
        _ = opsctl_X509_names(certificate, &names, Int32(names.count))
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        guard X509_digest(certificate, EVP_sha256(), &digest, &count) == 1 else { return nil }
        self.init(
            subject: Self.text(X509_get_subject_name(certificate)),
            issuer: Self.text(X509_get_issuer_name(certificate)),
            notBefore: Date(timeIntervalSince1970: Double(start)), notAfter: Date(timeIntervalSince1970: Double(end)),
            names: Self.string(names).split(separator: ";").map(String.init),
            fingerprint: digest.prefix(Int(count)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    }

    /// The certificates of a `STACK_OF(X509) *`, leaf first.
    package static func chain(_ stack: OpaquePointer?) -> [CertificateFacts] {
        guard let stack else { return [] }
        return (0..<opsctl_X509_chain_count(stack)).compactMap { index in
            opsctl_X509_chain_at(stack, index).flatMap { CertificateFacts($0) }
        }
    }

    /// Days until the certificate expires; negative when it has.
    package func daysLeft(at time: Date) -> Double { notAfter.timeIntervalSince(time) / 86_400 }

    private static func text(_ name: OpaquePointer?) -> String {
        var buffer = [CChar](repeating: 0, count: 512)
        guard X509_NAME_oneline(name, &buffer, Int32(buffer.count)) != nil else { return "" }
        return string(buffer)
    }

    private static func string(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// The handshake of a TLS connection, also of one that was not accepted.
package struct TLSFacts: Codable, Sendable, Equatable {
    /// Protocol version as OpenSSL names it, for example `TLSv1.3`; nil when the handshake was not finished.
    package var version: String?
    package var cipher: String?
    /// Leaf first: the chain as it was verified, or what the server sent.
    package var chain: [CertificateFacts]
    /// OpenSSL's words for what is wrong with the certificate; nil when it is accepted.
    package var refusal: String?

    package init(version: String?, cipher: String?, chain: [CertificateFacts], refusal: String?) {
        (self.version, self.cipher, self.chain, self.refusal) = (version, cipher, chain, refusal)
    }

    /// The certificate of the chain that expires first.
    package var firstToExpire: CertificateFacts? { chain.min { $0.notAfter < $1.notAfter } }
}
