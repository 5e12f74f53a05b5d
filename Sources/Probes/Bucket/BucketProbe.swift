package import BucketClient
package import OpsModel

/// What is expected of a bucket.
package struct BucketExpectation: Codable, Sendable {
    /// Where it is, without credentials.
    package var location: String
    /// Set when the bucket is a folder.
    package var folder: String?
    package var canaryPrefix: String
    package var refusesAnonymous: Bool
    package var testsPresigned: Bool
    /// CA file for the plain requests of the refusal checks.
    package var authorityFile: String?

    package init(
        store: BucketStore, canaryPrefix: String, refusesAnonymous: Bool, testsPresigned: Bool, authorityFile: String?
    ) {
        (location, self.canaryPrefix, self.refusesAnonymous) = (store.location, canaryPrefix, refusesAnonymous)
        (self.testsPresigned, self.authorityFile) = (testsPresigned, authorityFile)
        if case .directory(let bucket) = store { folder = bucket.folder }
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
}

/// What was seen of a bucket: the life of one canary object, and how requests without a right to it were answered.
package struct BucketSnapshot: Codable, Sendable, Equatable {
    package struct Done: Codable, Sendable, Equatable {
        package var elapsedMilliseconds: Int64
    }

    package struct Answer: Codable, Sendable, Equatable {
        package var status: Int
        package var code: String?
        /// Whether the body was the canary's content.
        package var gaveContent: Bool
    }

    package struct Content: Codable, Sendable, Equatable {
        package var isEqual: Bool
        package var bytes: Int
    }

    package var put: Observation<Done>
    package var get: Observation<Content>
    package var anonymous: Observation<Answer>
    package var presigned: Observation<Answer>
    package var tampered: Observation<Answer>
    package var delete: Observation<Done>
    /// Whether the object was gone afterwards.
    package var absent: Observation<Bool>
    /// How many canaries of crashed runs were removed.
    package var swept: Observation<Int>
}
