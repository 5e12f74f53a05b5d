import Foundation
import OpsModel
import PostgresClient
import RedisClient
import SocketClient

/// What is wrong with a value, in words that do not quote it.
struct EnvironmentFault: Equatable {
    let reason: CheckReason
    let why: String
    let fix: String

    init(_ reason: CheckReason, _ why: String, fix: String) {
        (self.reason, self.why, self.fix) = (reason, why, fix)
    }
}

extension EnvironmentJudge {
    func fault(of secret: Secret, _ variable: EnvironmentVariable) -> EnvironmentFault? {
        if case .secret(let bits) = variable.form {
            return faultOfSecret(secret.reveal(), minimumBits: effectiveBits(bits))
        }
        let secret = Secret(filledIn(secret.reveal()))
        let text = secret.reveal()
        switch variable.form {
        case .string, .path: return text.isEmpty ? wrong("empty", variable) : nil
        case .number:
            return Double(text).map(\.isFinite) == true ? nil : wrong("not a number", variable)
        case .email:
            return text.wholeMatch(of: #/[^@\s]+@[^@\s]+\.[^@\s.]+/#) == nil
                ? wrong("not an e-mail address", variable) : nil
        case .host:
            return isHost(text) ? nil : wrong("not a host name", variable)
        case .json: return faultOfJSON(text, variable)
        case .base64(let bytes): return faultOfBytes(Data(base64Encoded: text)?.count, bytes, "base64", variable)
        case .hex(let bytes): return faultOfBytes(hexBytes(text), bytes, "hex", variable)
        case .integer: return Int(text) == nil ? wrong("not a whole number", variable) : nil
        case .boolean: return ["true", "false"].contains(text) ? nil : wrong("not true or false", variable)
        case .duration: return Duration(text: text) == nil ? wrong("not a duration", variable) : nil
        case .port: return Int(text).map { (1...65535).contains($0) } == true ? nil : wrong("not a port", variable)
        case .choice(let names): return names.contains(text) ? nil : wrong("not one of the choices", variable)
        case .url: return faultOfURL(text, schemes: isStrict ? ["https"] : ["http", "https"], variable)
        case .bucketURL: return faultOfBucketURL(text, variable)
        case .listen: return faultOfListenAddress(text, variable)
        case .secret: return nil  // judged above
        case .postgresURL: return faultOfPostgresURL(secret)
        case .redisURL: return faultOfRedisURL(secret)
        }
    }

    private func isHost(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        let isName = labels.allSatisfy {
            $0.count <= 63 && $0.wholeMatch(of: #/[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?/#) != nil
        }
        return text.utf8.count <= 253 && (isName || isAddress(text))
    }

    private func faultOfJSON(_ text: String, _ variable: EnvironmentVariable) -> EnvironmentFault? {
        do {
            _ = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
            return nil
        } catch { return wrong("not JSON", variable) }
    }

    private func hexBytes(_ text: String) -> Int? {
        !text.isEmpty && text.utf8.count.isMultiple(of: 2) && text.allSatisfy { $0.isASCII && $0.isHexDigit }
            ? text.utf8.count / 2 : nil
    }

    private func faultOfBytes(
        _ count: Int?, _ wanted: Int?, _ form: String, _ variable: EnvironmentVariable
    ) -> EnvironmentFault? {
        guard let count, count > 0 else { return wrong("not \(form)", variable) }
        guard let wanted, count != wanted else { return nil }
        let option = form == "hex" ? "-hex" : "-base64"
        return EnvironmentFault(.configuration, "\(count) bytes", fix: "openssl rand \(option) \(wanted)")
    }

    /// What a starting slot fills in, with values of the right kind, so that what surrounds them is judged.
    private func filledIn(_ text: String) -> String {
        text.replacing("${slot:port}", with: "8080").replacing("${slot:color}", with: "blue")
            .replacing("${release:name}", with: "release-1")
    }

    private func wrong(_ why: String, _ variable: EnvironmentVariable) -> EnvironmentFault {
        EnvironmentFault(.configuration, why, fix: "correct the value of \(variable.name)")
    }

    private func faultOfURL(_ text: String, schemes: [String], _ variable: EnvironmentVariable) -> EnvironmentFault? {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme else {
            return wrong("not a URL", variable)
        }
        return schemes.contains(scheme)
            ? nil : wrong("the scheme is not \(schemes.joined(separator: " or "))", variable)
    }

    private func faultOfBucketURL(_ text: String, _ variable: EnvironmentVariable) -> EnvironmentFault? {
        if let fault = faultOfURL(text, schemes: ["s3", "file"], variable) { return fault }
        let items = URLComponents(string: text)?.queryItems ?? []
        let endpoints = items.filter { $0.name == "endpoint" }.map { $0.value?.lowercased() ?? "" }
        guard isStrict, endpoints.contains(where: { $0.hasPrefix("http:") }) else { return nil }
        return EnvironmentFault(.tls, "the endpoint is http, without TLS", fix: "write endpoint=https://…")
    }

    private func faultOfListenAddress(_ text: String, _ variable: EnvironmentVariable) -> EnvironmentFault? {
        let port = text.split(separator: ":").last.flatMap { Int($0) }
        return text.contains(":") && port.map { (0...65535).contains($0) } == true
            ? nil : wrong("not host:port", variable)
    }

    private func faultOfPostgresURL(_ secret: Secret) -> EnvironmentFault? {
        let url: PostgresURL
        do { url = try PostgresURL(secret) } catch {
            return EnvironmentFault(.configuration, error.diagnostic.why, fix: error.diagnostic.fix)
        }
        if let password = url.password, let fault = faultOfPassword(password.reveal(), user: url.user) { return fault }
        guard isStrict else { return nil }
        if url.tlsMode != .verifyFull {
            return EnvironmentFault(
                .tls, "sslmode=\(url.tlsMode.rawValue)", fix: "write sslmode=verify-full and sslrootcert=…")
        }
        return url.password == nil
            ? EnvironmentFault(.authentication, "no password", fix: "add the role's password to the URL") : nil
    }

    private func faultOfRedisURL(_ secret: Secret) -> EnvironmentFault? {
        let url: RedisURL
        do { url = try RedisURL(secret) } catch {
            return EnvironmentFault(.configuration, error.diagnostic.why, fix: error.diagnostic.fix)
        }
        if let password = url.password, let fault = faultOfPassword(password.reveal(), user: url.user ?? "default") {
            return fault
        }
        guard isStrict else { return nil }
        if !url.usesTLS { return EnvironmentFault(.tls, "the scheme is redis, without TLS", fix: "use rediss://") }
        return url.password == nil
            ? EnvironmentFault(.authentication, "no password", fix: "add an ACL user and its password") : nil
    }

    private func faultOfPassword(_ password: String, user: String) -> EnvironmentFault? {
        if isKnownDefault(password) || password.lowercased() == user.lowercased() {
            return EnvironmentFault(.policy, "the password is a known default", fix: "openssl rand -hex 32")
        }
        guard isStrict, password.utf8.count < 16 else { return nil }
        return EnvironmentFault(.policy, "the password has fewer than 16 bytes", fix: "openssl rand -hex 32")
    }

    private func faultOfSecret(_ text: String, minimumBits: Int) -> EnvironmentFault? {
        if isKnownDefault(text) {
            return EnvironmentFault(.policy, "a known default or placeholder", fix: "openssl rand -hex 32")
        }
        let bits = Int(estimatedBits(of: text))
        guard bits < minimumBits else { return nil }
        return EnvironmentFault(.policy, "about \(bits) bits", fix: "openssl rand -hex \((minimumBits + 7) / 8)")
    }

    /// An upper bound of a text's strength: its length times the size of the alphabet it is drawn from (hex, lower-case
    /// letters, base64, any; a sentence for what English carries),
    /// and never more than its distinct characters and its repetitions allow.
    func estimatedBits(of text: String) -> Double {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else { return 0 }
        let isHex = bytes.allSatisfy {
            UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0
                || UInt8(ascii: "A")...UInt8(ascii: "F") ~= $0
        }
        let isLowerCase = bytes.allSatisfy { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 }
        let isSentence = bytes.contains(UInt8(ascii: " "))
        let perByte = isSentence ? 2.0 : isHex ? 4.0 : isLowerCase ? log2(26) : 6.0
        let distinct = Double(Set(bytes).count)
        // A text that repeats itself at least once counts for one of its repetitions.
        let period =
            (1...max(1, bytes.count / 2)).first { step in
                bytes.indices.allSatisfy { $0 < step || bytes[$0] == bytes[$0 - step] }
            } ?? bytes.count
        let spread = min(perByte, distinct <= 1 ? 0 : distinct < 8 ? log2(distinct) : perByte)
        return Double(period) * spread
    }

    /// Values that examples, images and tutorials ship with; compared without case and separators.
    func isKnownDefault(_ text: String) -> Bool {
        let plain = text.lowercased().filter { $0.isLetter || $0.isNumber }
        let defaults: Set<String> = [
            "password", "passw0rd", "postgres", "redis", "admin", "root", "secret", "changeme", "changeit", "default",
            "example", "test", "letmein",
            "123456", "12345678", "123456789", "1234567890", "qwerty", "minioadmin", "supersecret", "yoursecret",
            "yoursecrethere", "secretkey",
            "jwtsecret", "mysecret", "mysecretkey", "none", "null", "todo", "replaceme", "placeholder", "dev",
            "development", "insecure",
        ]
        let markers = ["changeme", "replaceme", "placeholder", "yoursecret", "example", "supersecret", "insecure"]
        return plain.isEmpty || defaults.contains(plain) || markers.contains { plain.contains($0) }
    }
}
