import BucketClient
import Cryptography
import Foundation
import HTTPClient
import OpsModel

/// Walks one canary object through its life; whatever happens in between, a stored canary is deleted again.
struct BucketLook {
    let store: BucketStore
    let expectation: BucketExpectation
    let time: TimeBudget
    let canaryID: String
    let http: HTTPClient

    private var bucket: any Bucket { store.bucket(within: time.forLooking) }
    private var key: String { "\(expectation.canaryPrefix)\(canaryID)" }

    func look() async -> BucketSnapshot {
        let content = randomBytes(4096)
        let put = await timed {
            try LookFailure.refuseUnusable(authorityFile: expectation.authorityFile)
            try await bucket.put(key, .bytes(content), contentType: "application/octet-stream")
        }
        guard put.facts != nil else {
            let mayBeStored = put.failure?.leavesDoubt == true
            return BucketSnapshot(
                put: put, get: .notLooked, anonymous: .notLooked, presigned: .notLooked, tampered: .notLooked,
                delete: mayBeStored ? await remove() : .notLooked, absent: .notLooked, swept: .notLooked)
        }
        async let get = Observation.look { try await compare(content) }
        async let anonymous = lookAnonymously(content)
        async let presigned = lookPresigned(content, tamper: false)
        async let tampered = lookPresigned(content, tamper: true)
        let seen = (await get, await anonymous, await presigned, await tampered)
        let delete = await remove()
        let swept: Observation<Int> = delete.facts == nil ? .notLooked : await Observation.look { try await sweep() }
        let absent =
            delete.facts == nil ? .notLooked : await Observation<Bool>.look { try await bucket.facts(of: key) == nil }
        return BucketSnapshot(
            put: put, get: seen.0, anonymous: seen.1, presigned: seen.2, tampered: seen.3, delete: delete,
            absent: absent, swept: swept)
    }

    private func remove() async -> Observation<BucketSnapshot.Done> {
        await timed { try await store.bucket(within: time.forCleaning).delete(key) }
    }

    /// Removes what crashed runs left behind: objects named like a canary and older than an hour.
    private func sweep() async throws -> Int {
        let prefix = expectation.canaryPrefix
        let limit = Date() - 3600
        var count = 0
        for object in try await store.bucket(within: time.forCleaning).list(prefix: prefix, limit: 100) {
            let name = object.key.dropFirst(prefix.count)
            let isCanary = name.count == canaryID.count && name.allSatisfy(\.isHexDigit)
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: object.modified.contains("."))
            guard isCanary, try style.parse(object.modified) < limit else { continue }
            try await store.bucket(within: time.forCleaning).delete(object.key)
            count += 1
        }
        return count
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
        guard case .s3(let bucket) = store, expectation.refusesAnonymous else { return .notLooked }
        return await Observation.look { try await ask(Secret(bucket.anonymousURL(key)), content) }
    }

    private func lookPresigned(_ content: [UInt8], tamper: Bool) async -> Observation<BucketSnapshot.Answer> {
        guard case .s3(let bucket) = store, expectation.testsPresigned else { return .notLooked }
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
            HTTPRequest("GET", url.reveal(), timeout: time.forLooking, authorityFile: expectation.authorityFile))
        return .init(status: response.status, code: s3ErrorCode(response.text), gaveContent: response.body == content)
    }
}

extension LookFailure {
    /// Whether the request may have taken effect although no answer says so.
    fileprivate var leavesDoubt: Bool {
        switch reason {
        case .timeout, .cancelled, .unreachable, .notReady, .proto: true
        case .dns, .refused, .tls, .certificate, .authentication, .authorization, .missingDatabase,
            .tooManyConnections, .status, .body, .mismatch, .role, .policy, .accepted, .limit, .configuration, .tool,
            .readOnly,
            .internalError:
            false
        }
    }
}
