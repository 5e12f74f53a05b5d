import COpenSSL

/// The system's trusted roots, read once: reading them takes some 35 ms, and verification only looks into them.
final class SystemRoots: Sendable {
    static let shared = SystemRoots()

    // Sound: an X509_STORE has a lock of its own, and nobody here changes it after it is loaded.
    nonisolated(unsafe) private let store: OpaquePointer?

    private init() {
        let store = X509_STORE_new()
        guard X509_STORE_set_default_paths(store) == 1 else {
            X509_STORE_free(store)
            self.store = nil
            return
        }
        self.store = store
    }

    deinit { X509_STORE_free(store) }

    /// - Returns: false when the roots cannot be read.
    func use(in context: OpaquePointer) -> Bool {
        guard let store, X509_STORE_up_ref(store) == 1 else { return false }
        SSL_CTX_set_cert_store(context, store)
        return true
    }
}
