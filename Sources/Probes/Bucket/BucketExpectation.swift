package import BucketClient

/// What is expected of a bucket.
package struct BucketExpectation: Codable, Sendable {
    /// Where it is, without credentials.
    package var location: String
    /// Name of an S3 bucket, for the commands that mend it.
    package var bucket: String?
    /// Set when the bucket is a folder.
    package var folder: String?
    /// Folder of the canaries, ends in `/`.
    package var canaryPrefix: String
    package var refusesAnonymous: Bool
    package var testsPresigned: Bool
    /// CA file for the plain requests of the refusal checks.
    package var authorityFile: String?
    /// Whether plain HTTP must be refused.
    package var refusesPlaintext: Bool
    package var configuration = BucketConfiguration()
    package var newest: NewestObject?
    package var demandsLeastPrivilege = false
    /// A bucket of others that the key must not read.
    package var otherBucket: String?

    /// A command for the AWS tool.
    func command(_ words: String) -> String {
        var parts = words.split(separator: " ", maxSplits: 1).map(String.init)
        parts.insert("--bucket \(bucket ?? "NAME")", at: 1)
        return "aws s3api \(parts.joined(separator: " "))"
    }

    package init(
        store: BucketStore, canaryPrefix: String, refusesAnonymous: Bool, testsPresigned: Bool, authorityFile: String?
    ) {
        (location, self.canaryPrefix, self.refusesAnonymous) = (store.location, canaryPrefix, refusesAnonymous)
        (self.testsPresigned, self.authorityFile) = (testsPresigned, authorityFile)
        refusesPlaintext = store.location.hasPrefix("https:")
        switch store {
        case .directory(let bucket): folder = bucket.folder
        case .s3(let bucket): self.bucket = bucket.place.bucket
        }
    }
}

/// How the bucket should be set up. What is nil or false is not asked for.
package struct BucketConfiguration: Codable, Sendable, Equatable {
    package enum Lock: String, Codable, Sendable, CaseIterable { case enabled, governance, compliance }

    package struct CORS: Codable, Sendable, Equatable {
        package var origin: String
        package var methods: [String]

        package init(origin: String, methods: [String]) { (self.origin, self.methods) = (origin, methods) }
    }

    package var versioning = false
    /// Unfinished uploads are aborted, and canaries that were left behind expire.
    package var lifecycle = false
    /// `AES256` or `aws:kms`.
    package var encryption: String?
    package var kmsKey: String?
    package var replication = false
    package var lock: Lock?
    package var publicAccessBlock = false
    package var isPrivate = false
    /// A policy denies requests without TLS.
    package var tlsOnly = false
    package var cors: CORS?

    package init() {}
}

/// How fresh the youngest object below a prefix should be, for example a backup.
package struct NewestObject: Codable, Sendable, Equatable {
    package var prefix: String
    package var withinSeconds: Double
    package var minimumSize: Int

    package init(prefix: String, withinSeconds: Double, minimumSize: Int = 0) {
        (self.prefix, self.withinSeconds, self.minimumSize) = (prefix, withinSeconds, minimumSize)
    }
}

package enum BucketStore: Sendable {
    case s3(S3Bucket)
    case directory(DirectoryBucket)

    var location: String { bucket(within: .zero).location }

    /// The bucket with a limit for each exchange over the network.
    func bucket(within timeout: Duration) -> any Bucket {
        switch self {
        case .s3(let bucket): bucket.limited(to: timeout)
        case .directory(let bucket): bucket
        }
    }

    var s3: S3Bucket? { if case .s3(let bucket) = self { bucket } else { nil } }
}

extension BucketExpectation {
    /// What the name of every canary begins with: nobody else's objects are named so.
    static let canaryMark = "opsctl-canary-"

    func canaryKey(_ id: String) -> String { "\(canaryPrefix)\(Self.canaryMark)\(id)" }

    /// Whether `key` is a canary of some run: the mark, 32 hex digits, perhaps a suffix of ours.
    func isCanary(_ key: String) -> Bool {
        guard key.hasPrefix(canaryPrefix + Self.canaryMark) else { return false }
        let name = key.dropFirst(canaryPrefix.count + Self.canaryMark.count)
        return name.prefix(32).count == 32 && name.prefix(32).allSatisfy(\.isHexDigit)
            && (name.count == 32 || S3CanaryLook.suffixes.contains(String(name.dropFirst(32))))
    }
}
