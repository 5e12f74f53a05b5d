import BucketClient
import Cryptography
import HTTPClient
import OpsModel

/// Walks one canary object through its life; whatever happens in between, a stored canary is deleted again.
struct BucketLook {
    let expectation: BucketExpectation
    let timeout: Duration
    let canaryID: String
    let http: HTTPClient

    private var bucket: any Bucket { expectation.store.bucket }
    private var key: String { "\(expectation.canaryPrefix)\(canaryID)" }

    func look() async -> BucketSnapshot {
        let content = randomBytes(4096)
        let put = await timed { try await bucket.put(key, .bytes(content), contentType: "application/octet-stream") }
        guard put.facts != nil else {
            return BucketSnapshot(
                put: put, get: .notLooked, anonymous: .notLooked, presigned: .notLooked, tampered: .notLooked,
                delete: .notLooked,
                absent: .notLooked)
        }
        async let get = Observation.look { try await compare(content) }
        async let anonymous = lookAnonymously(content)
        async let presigned = lookPresigned(content, tamper: false)
        async let tampered = lookPresigned(content, tamper: true)
        let seen = (await get, await anonymous, await presigned, await tampered)
        let delete = await timed { try await bucket.delete(key) }
        let absent =
            delete.facts == nil ? .notLooked : await Observation<Bool>.look { try await bucket.facts(of: key) == nil }
        return BucketSnapshot(
            put: put, get: seen.0, anonymous: seen.1, presigned: seen.2, tampered: seen.3, delete: delete,
            absent: absent)
    }

    private func timed(_ body: () async throws -> Void) async -> Observation<BucketSnapshot.Done> {
        await Observation.look {
            let start = ContinuousClock.now
            try await body()
            return .init(elapsedMilliseconds: (ContinuousClock.now - start).milliseconds)
        }
    }

    private func compare(_ content: [UInt8]) async throws -> BucketSnapshot.Content {
        let bytes = try await bucket.get(key, limit: 1 << 20)
        return .init(isEqual: bytes == content, bytes: bytes.count)
    }

    private func lookAnonymously(_ content: [UInt8]) async -> Observation<BucketSnapshot.Answer> {
        guard case .s3(let bucket) = expectation.store, expectation.refusesAnonymous else { return .notLooked }
        return await Observation.look { try await ask(Secret(bucket.anonymousURL(key)), content) }
    }

    private func lookPresigned(_ content: [UInt8], tamper: Bool) async -> Observation<BucketSnapshot.Answer> {
        guard case .s3(let bucket) = expectation.store, expectation.testsPresigned else { return .notLooked }
        return await Observation.look {
            let url = try bucket.presignedURL("GET", key, expires: .seconds(60))
            return try await ask(tamper ? Self.tampered(url) : url, content)
        }
    }

    /// Changes the last digit of the signature.
    private static func tampered(_ url: Secret) -> Secret {
        let text = url.reveal()
        return Secret(text.dropLast() + (text.hasSuffix("0") ? "1" : "0"))
    }

    private func ask(_ url: Secret, _ content: [UInt8]) async throws -> BucketSnapshot.Answer {
        let response = try await http.send(
            HTTPRequest("GET", url.reveal(), timeout: timeout, authorityFile: expectation.authorityFile))
        return .init(status: response.status, code: s3ErrorCode(response.text), gaveContent: response.body == content)
    }
}
