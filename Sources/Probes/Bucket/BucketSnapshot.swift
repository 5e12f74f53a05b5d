package import Foundation

/// What was seen of a bucket: the life of one canary object, how requests without a right to it were answered, and how the
/// bucket is set up.
package struct BucketSnapshot: Codable, Sendable, Equatable {
    package struct Done: Codable, Sendable, Equatable {
        package var elapsedMilliseconds: Int64
    }

    package struct Answer: Codable, Sendable, Equatable {
        package var status: Int
        package var code: String?
        package var message: String?
        /// Whether the body was the canary's content.
        package var gaveContent = false
        /// Where a redirect leads to.
        package var redirect: String?
    }

    package struct Content: Codable, Sendable, Equatable {
        package var isEqual: Bool
        package var bytes: Int
    }

    /// Uploads with a right and with a wrong digest.
    package struct Digests: Codable, Sendable, Equatable {
        package var right: Answer
        package var wrong: Answer
    }

    package struct Multipart: Codable, Sendable, Equatable {
        package var bytesSent: Int
        package var bytesStored: Int
        /// The answer to one more part of an upload that was aborted.
        package var aborted: Answer
    }

    /// One part of the bucket's configuration, as the store prints it.
    package struct Document: Codable, Sendable, Equatable {
        package var status: Int
        package var code: String?
        package var text: String
    }

    package struct Preflight: Codable, Sendable, Equatable {
        package var origin: String
        package var method: String
        package var status: Int
        package var allowedOrigin: String?
        package var allowedMethods: String?
    }

    package struct Rights: Codable, Sendable, Equatable {
        package var listBuckets: Answer
        package var changePolicy: Answer
        package var otherBucket: Answer?
    }

    package struct Youngest: Codable, Sendable, Equatable {
        package var key: String
        package var bytes: Int
        package var modified: Date
    }

    /// The youngest object that is large enough; nil when there is none.
    package struct Freshness: Codable, Sendable, Equatable {
        package var youngest: Youngest?
        package var count: Int
        /// Whether all objects were looked at.
        package var isWhole: Bool
    }

    package var takenAt = Date()
    /// The answer to a question for an object that is not there.
    package var reach: Observation<Answer> = .notLooked
    /// Seconds between both clocks that nothing explains.
    package var clockSkew: Observation<Double> = .notLooked
    package var put: Observation<Done>
    package var get: Observation<Content>
    package var digests: Observation<Digests> = .notLooked
    package var multipart: Observation<Multipart> = .notLooked
    package var anonymous: Observation<Answer>
    package var anonymousList: Observation<Answer> = .notLooked
    package var anonymousPut: Observation<Answer> = .notLooked
    package var plaintext: Observation<Answer> = .notLooked
    package var presigned: Observation<Answer>
    package var tampered: Observation<Answer>
    package var presignedPut: Observation<Answer> = .notLooked
    package var presignedExpired: Observation<Answer> = .notLooked
    package var presignedLong: Observation<Answer> = .notLooked
    package var rights: Observation<Rights> = .notLooked
    package var delete: Observation<Done>
    /// Whether the object was gone afterwards.
    package var absent: Observation<Bool>
    /// How many versions and delete markers of the canary were removed, where the bucket keeps them.
    package var versions: Observation<Int> = .notLooked
    /// How many canaries of crashed runs were removed.
    package var swept: Observation<Int>
    /// By subresource: `versioning`, `lifecycle`, …
    package var documents: [String: Observation<Document>] = [:]
    package var preflights: Observation<[Preflight]> = .notLooked
    package var newest: Observation<Freshness> = .notLooked

    init() {
        (put, get, anonymous, presigned) = (.notLooked, .notLooked, .notLooked, .notLooked)
        (tampered, delete, absent, swept) = (.notLooked, .notLooked, .notLooked, .notLooked)
    }
}
