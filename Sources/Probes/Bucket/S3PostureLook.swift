import BucketClient
import Foundation
import HTTPClient
import OpsModel

/// Reads how the bucket is set up, all parts at once, and what else the key may do.
struct S3PostureLook {
    let bucket: S3Bucket
    let expectation: BucketExpectation
    let visit: Visit

    /// A signed question for an object that is not there: HeadBucket would ask for s3:ListBucket, and gives no reason.
    func reach() async -> Observation<BucketSnapshot.Answer> {
        guard visit.asks("connect") else { return .notLooked }
        let key = "\(expectation.canaryKey(visit.canaryID)).none"
        return await Observation.look {
            let response = try await bucket.answer(to: S3Request("GET", .object(key)))
            // Without s3:ListBucket the store may not tell a missing object from a forbidden one.
            let code = s3ErrorCode(response.text)
            guard ["NoSuchKey", "AccessDenied"].contains(code) || response.status == 200 else {
                throw bucket.refusal(response, "answer for an object")
            }
            return BucketSnapshot.Answer(response)
        }
    }

    func documents() async -> [String: Observation<BucketSnapshot.Document>] {
        await withTaskGroup(of: (String, Observation<BucketSnapshot.Document>).self) { group in
            for (name, check) in BucketConfiguration.subresources
            where expectation.configuration.asks(check) && visit.asks(check) {
                group.addTask {
                    let document = await Observation<BucketSnapshot.Document>.look {
                        let response = try await bucket.answer(to: .configuration(name))
                        return .init(
                            status: response.status, code: s3ErrorCode(response.text),
                            text: String(response.text.prefix(65_536)))
                    }
                    return (name, document)
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    /// What a browser asks before a page of the origin may use the bucket, and the same for a strange origin.
    func preflights() async -> Observation<[BucketSnapshot.Preflight]> {
        guard let cors = expectation.configuration.cors, visit.asks("cors") else { return .notLooked }
        let questions = cors.methods.map { (cors.origin, $0) } + [("https://stranger.invalid", cors.methods[0])]
        return await Observation.look {
            var preflights: [BucketSnapshot.Preflight] = []
            for (origin, method) in questions {
                let headers = [
                    (name: "origin", value: origin), (name: "access-control-request-method", value: method),
                ]
                let key = expectation.canaryKey(visit.canaryID)
                let response = try await bucket.answer(
                    to: S3Request("OPTIONS", .object(key), headers: headers).unsigned)
                preflights.append(
                    .init(
                        origin: origin, method: method, status: response.status,
                        allowedOrigin: response.header("access-control-allow-origin"),
                        allowedMethods: response.header("access-control-allow-methods")))
            }
            return preflights
        }
    }

    /// Attempts that must be refused. None of them changes anything when it is not: the policy is none that could be taken.
    func rights() async -> Observation<BucketSnapshot.Rights> {
        guard expectation.demandsLeastPrivilege, visit.asks("least_privilege") else { return .notLooked }
        return await Observation.look {
            let policy = S3Request("PUT", .bucket, query: [("policy", "")], body: Array("not a policy".utf8))
            var rights = BucketSnapshot.Rights(
                listBuckets: .init(try await bucket.answer(to: S3Request("GET", .service))),
                changePolicy: .init(try await bucket.answer(to: policy)))
            if let name = expectation.otherBucket {
                let other = try bucket.sibling(name)
                let query = [(name: "list-type", value: "2"), (name: "max-keys", value: "1")]
                rights.otherBucket = .init(try await other.answer(to: S3Request("GET", .bucket, query: query)))
            }
            return rights
        }
    }
}

extension BucketConfiguration {
    /// Part of the configuration by the API's name, and the check that needs it.
    static let subresources: [(name: String, check: String)] = [
        ("versioning", "versioning"), ("lifecycle", "lifecycle"), ("encryption", "encryption"),
        ("replication", "replication"), ("object-lock", "object_lock"), ("publicAccessBlock", "public_access_block"),
        ("policyStatus", "private_policy"), ("policy", "tls_only_policy"), ("cors", "cors"),
    ]

    func asks(_ check: String) -> Bool {
        switch check {
        case "versioning": versioning
        case "lifecycle": lifecycle
        case "encryption": encryption != nil || kmsKey != nil
        case "replication": replication
        case "object_lock": lock != nil
        case "public_access_block": publicAccessBlock
        case "private_policy": isPrivate
        case "tls_only_policy": tlsOnly
        default: cors != nil
        }
    }
}
