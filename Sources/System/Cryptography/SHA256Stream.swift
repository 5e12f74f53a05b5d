import COpenSSL

/// SHA-256 over data that arrives in pieces. Not thread-safe: one owner.
package struct SHA256Stream: ~Copyable {
    private let context: OpaquePointer

    package init() {
        // Sound: EVP_MD_CTX_new fails only when memory is exhausted.
        context = EVP_MD_CTX_new()!
        EVP_DigestInit_ex(context, EVP_sha256(), nil)
    }

    deinit { EVP_MD_CTX_free(context) }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    }

    /// The digest of everything so far; call once.
    package mutating func finish() -> [UInt8] {
        var output = [UInt8](repeating: 0, count: 32)
        EVP_DigestFinal_ex(context, &output, nil)
        return output
    }
}
