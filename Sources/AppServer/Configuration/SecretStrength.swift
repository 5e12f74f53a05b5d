import Foundation
import OpsModel

/// Judges secrets without quoting them.
enum SecretStrength {
    static let minimumBytes = 32

    private static let placeholders = [
        "changeme", "change-me", "change_me", "password", "passw0rd", "secret", "placeholder", "example", "default",
        "insecure", "your-", "your_", "xxxx", "1234567", "abcdef0123", "qwerty", "letmein", "minioadmin",
    ]

    /// What is wrong with `secret`; nil when it will do.
    static func objection(to secret: Secret) -> String? {
        let text = secret.reveal()
        if secret.byteCount < minimumBytes {
            return "is too short: \(secret.byteCount) bytes, at least \(minimumBytes) are needed"
        }
        let plain = text.lowercased()
        if let word = placeholders.first(where: plain.contains) {
            return "looks like a placeholder (it contains `\(word)`)"
        }
        if entropyBits(text) < 100 { return "repeats itself too much to be random" }
        return nil
    }

    /// Shannon's estimate over the text's own characters, in bits.
    private static func entropyBits(_ text: String) -> Double {
        var counts: [UInt8: Int] = [:]
        for byte in text.utf8 { counts[byte, default: 0] += 1 }
        let total = Double(text.utf8.count)
        return counts.values.reduce(0) { $0 - Double($1) * log2(Double($1) / total) }
    }
}
