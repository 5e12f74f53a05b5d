package import OpsModel

/// A place for objects under keys: an S3 bucket or a directory. Keys are UTF-8, at most 1,024 bytes, without a leading slash.
package protocol Bucket: Sendable {
    /// Where it is, without credentials.
    var location: String { get }

    /// Stores an object whole or not at all, replacing one of the same key.
    func put(_ key: String, _ content: BucketContent, contentType: String) async throws

    /// Reads a whole object into memory. - Throws: `BucketError.absent`; `BucketError.tooLarge` above `limit` bytes.
    func get(_ key: String, limit: Int) async throws -> [UInt8]

    /// Reads an object into a new file. - Throws: `BucketError.absent`.
    func download(_ key: String, to path: String) async throws

    /// Size and age of an object; nil when there is none.
    func facts(of key: String) async throws -> ObjectFacts?

    /// Removes an object; removing one that is not there is not an error.
    func delete(_ key: String) async throws

    /// Objects whose key begins with `prefix`, in key order, at most `limit`.
    func list(prefix: String, limit: Int) async throws -> [ObjectFacts]
}

package enum BucketContent: Sendable {
    case bytes([UInt8])
    case file(path: String)
}

package struct ObjectFacts: Sendable, Equatable {
    package let key: String
    package let bytes: Int
    /// As the store prints it: RFC 3339 in UTC.
    package let modified: String

    package init(key: String, bytes: Int, modified: String) {
        (self.key, self.bytes, self.modified) = (key, bytes, modified)
    }
}

package enum BucketError: DiagnosableError, Equatable {
    case absent(location: String, key: String)
    case tooLarge(location: String, key: String, limit: Int)
    case invalidKey(String)
    /// The store answered with an error; `code` is S3's, for example `AccessDenied`.
    case refused(location: String, action: String, status: Int, code: String, message: String)
    case unreadable(location: String, why: String)
    case configuration(String)

    package var diagnostic: Diagnostic {
        switch self {
        case .absent(let location, let key):
            Diagnostic(
                "bucket.absent", what: "no such object", place: "\(location)/\(key)", why: "the store has none",
                fix: "check the key")
        case .tooLarge(let location, let key, let limit):
            Diagnostic(
                "bucket.too_large", what: "the object is too large to read", place: "\(location)/\(key)",
                why: "more than \(limit) bytes",
                fix: "download it to a file")
        case .invalidKey(let key):
            Diagnostic(
                "bucket.key", what: "not a usable object key", place: key,
                why: "empty, too long, or with a relative component",
                fix: "use 1 to 1024 bytes without leading slash, `.` or `..`")
        case .refused(let location, let action, let status, let code, let message):
            Diagnostic(
                "bucket.refused", what: "the bucket refused to \(action)", place: location,
                why: "\(status) \(code): \(message)",
                fix: Self.fix(code))
        case .unreadable(let location, let why):
            Diagnostic(
                "bucket.unreadable", what: "cannot read the bucket's answer", place: location, why: why,
                fix: "check the endpoint")
        case .configuration(let why):
            Diagnostic(
                "bucket.configuration", what: "the bucket is not configured", place: "bucket settings", why: why,
                fix: "correct the bucket's URL and keys")
        }
    }

    private static func fix(_ code: String) -> String {
        switch code {
        case "SignatureDoesNotMatch", "InvalidAccessKeyId": "correct access key and secret key"
        case "RequestTimeTooSkewed": "set this machine's clock"
        case "NoSuchBucket": "create the bucket, or correct its name"
        case "AccessDenied": "grant the key the action on this bucket"
        default: "see the store's log"
        }
    }
}

/// - Throws: `BucketError.invalidKey`.
func validate(key: String) throws(BucketError) {
    let parts = key.split(separator: "/", omittingEmptySubsequences: false)
    let isUsable =
        !key.isEmpty && key.utf8.count <= 1024 && !key.hasPrefix("/") && !parts.contains(".") && !parts.contains("..")
        && !key.utf8.contains(0)
    guard isUsable else { throw .invalidKey(key) }
}
