import BucketClient
import Cryptography
import Foundation
import HTTPClient
import OpsModel
import Synchronization

/// Walks one canary object through its life, on one connection; everything else is looked at beside it. Whatever happens in
/// between, a stored canary is deleted again.
struct BucketLook {
    let store: BucketStore
    let expectation: BucketExpectation
    let visit: Visit
    /// The store with connections that only the canary's own steps use, one after the other.
    private let chain: BucketStore

    init(store: BucketStore, expectation: BucketExpectation, visit: Visit) {
        (self.store, self.expectation, self.visit) = (store, expectation, visit)
        chain = store.s3.map { .s3($0.withOwnConnections()) } ?? store
    }

    private var bucket: any Bucket { store.bucket(within: visit.time.forLooking) }
    private var own: any Bucket { chain.bucket(within: visit.time.forLooking) }
    private var key: String { expectation.canaryKey(visit.canaryID) }

    func look() async -> BucketSnapshot {
        do {
            try LookFailure.refuseUnusable(authorityFile: expectation.authorityFile)
        } catch {
            var snapshot = BucketSnapshot()
            (snapshot.put, snapshot.reach) = (.failed(error), .failed(error))
            return snapshot
        }
        let clock = ClockReadings()
        let watched = noting(clock)
        async let configuration = watched.lookBeside()
        var snapshot = await watched.lookAtCanary()
        let beside = await configuration
        (snapshot.documents, snapshot.preflights) = (beside.documents, beside.preflights)
        (snapshot.newest, snapshot.reach, snapshot.rights) = (beside.newest, beside.reach, beside.rights)
        snapshot.clockSkew = clock.skew.map { .seen($0) } ?? .notLooked
        return snapshot
    }

    private func noting(_ clock: ClockReadings) -> BucketLook {
        guard var bucket = store.s3 else { return self }
        bucket.observer = { clock.note($0) }
        return BucketLook(store: .s3(bucket), expectation: expectation, visit: visit)
    }

    /// What does not need the canary.
    private func lookBeside() async -> BucketSnapshot {
        var snapshot = BucketSnapshot()
        async let newest = lookAtNewest()
        guard case .s3(let bucket) = store.limited(to: visit.time.forLooking) else {
            if visit.asks("connect") { snapshot.reach = await lookAtFolder() }
            snapshot.newest = await newest
            return snapshot
        }
        let posture = S3PostureLook(bucket: bucket, expectation: expectation, visit: visit)
        async let documents = posture.documents()
        async let preflights = posture.preflights()
        async let rights = posture.rights()
        async let reach = posture.reach()
        (snapshot.documents, snapshot.preflights) = (await documents, await preflights)
        (snapshot.rights, snapshot.reach, snapshot.newest) = (await rights, await reach, await newest)
        return snapshot
    }

    private func lookAtFolder() async -> Observation<BucketSnapshot.Answer> {
        await Observation.look {
            _ = try await bucket.list(prefix: expectation.canaryPrefix, limit: 1)
            return .init(status: 200)
        }
    }

    private func lookAtCanary() async -> BucketSnapshot {
        var snapshot = BucketSnapshot()
        guard visit.asks("put", "get", "delete") else { return snapshot }
        let content = randomBytes(4096)
        snapshot.put = await timed {
            try await own.put(key, .bytes(content), contentType: "application/octet-stream")
        }
        guard snapshot.put.facts != nil else {
            if snapshot.put.failure?.leavesDoubt == true { snapshot.delete = await remove() }
            return snapshot
        }
        async let get = Observation.look { try await compare(content) }
        if case .s3(let bucket) = store.limited(to: visit.time.forLooking) {
            await S3CanaryLook(bucket: bucket, expectation: expectation, visit: visit, key: key, content: content)
                .look(&snapshot)
        }
        snapshot.get = await get
        let keepsVersions = Mutex(false)
        snapshot.delete = await remove { response in
            keepsVersions.withLock { $0 = response.header("x-amz-version-id") != nil }
        }
        guard snapshot.delete.facts != nil else { return snapshot }
        if keepsVersions.withLock({ $0 }) { snapshot.versions = await removeVersions() }
        async let swept = Observation<Int>.look { try await sweep() }
        snapshot.absent = await Observation<Bool>.look { try await isGone() }
        snapshot.swept = await swept
        return snapshot
    }

    /// Without s3:ListBucket a store answers 403 for what is not there; the same key has read the object a moment ago.
    private func isGone() async throws -> Bool {
        guard let s3 = chain.s3?.limited(to: visit.time.forLooking) else { return try await own.facts(of: key) == nil }
        let response = try await s3.answer(to: S3Request("GET", .object(key)))
        if response.status == 200 { return false }
        guard ["NoSuchKey", "AccessDenied"].contains(s3ErrorCode(response.text)) else {
            throw s3.refusal(response, "look for a removed object")
        }
        return true
    }

    private func remove(
        _ note: @escaping @Sendable (HTTPResponse) -> Void = { _ in }
    ) async -> Observation<BucketSnapshot.Done> {
        await shielded {
            await timed {
                guard let s3 = chain.s3?.limited(to: visit.time.forCleaning) else {
                    return try await chain.bucket(within: visit.time.forCleaning).delete(key)
                }
                let response = try await s3.answer(to: S3Request("DELETE", .object(key)))
                guard [200, 204, 404].contains(response.status) else { throw s3.refusal(response, "delete an object") }
                note(response)
            }
        }
    }

    /// Where versions are kept, a deleted object and what deleted it both stay, and are paid for.
    private func removeVersions() async -> Observation<Int> {
        guard let s3 = store.s3?.limited(to: visit.time.forCleaning) else { return .notLooked }
        return await shielded { await Observation.look { try await s3.removeVersions(prefix: key) } }
    }

    /// Removes what crashed runs left behind: objects and unfinished uploads that are named as canaries and older than an hour.
    private func sweep() async throws -> Int {
        let prefix = expectation.canaryPrefix + BucketExpectation.canaryMark
        let limit = Date() - 3600
        var count = 0
        for object in try await store.bucket(within: visit.time.forCleaning).list(prefix: prefix, limit: 100)
        where try expectation.isCanary(object.key) && object.date < limit {
            try await store.bucket(within: visit.time.forCleaning).delete(object.key)
            count += 1
        }
        guard visit.asks("multipart"), let s3 = store.s3?.limited(to: visit.time.forCleaning) else { return count }
        for upload in try await s3.unfinishedUploads(prefix: prefix)
        where expectation.isCanary(upload.key) && upload.initiated < limit {
            try await s3.abort(upload)
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
        let bytes = try await own.get(key, limit: 1 << 20)
        return .init(isEqual: bytes == content, bytes: bytes.count)
    }

    private func lookAtNewest() async -> Observation<BucketSnapshot.Freshness> {
        guard let newest = expectation.newest, visit.asks("newest_object") else { return .notLooked }
        return await Observation.look {
            let limit = 20_000
            let listing =
                if let s3 = store.limited(to: visit.time.forLooking).s3 {
                    try await s3.listAll(prefix: newest.prefix, limit: limit)
                } else {
                    (objects: try await bucket.list(prefix: newest.prefix, limit: limit), isWhole: true)
                }
            let youngest = try listing.objects.filter { $0.bytes >= newest.minimumSize }
                .max { try $0.date < $1.date }
                .map { BucketSnapshot.Youngest(key: $0.key, bytes: $0.bytes, modified: try $0.date) }
            return .init(youngest: youngest, count: listing.objects.count, isWhole: listing.isWhole)
        }
    }
}

extension BucketStore {
    fileprivate func limited(to timeout: Duration) -> BucketStore {
        if case .s3(let bucket) = self { .s3(bucket.limited(to: timeout)) } else { self }
    }
}

extension ObjectFacts {
    fileprivate var date: Date {
        get throws {
            try Date.ISO8601FormatStyle(includingFractionalSeconds: modified.contains(".")).parse(modified)
        }
    }
}

extension LookFailure {
    /// Whether the request may have taken effect although no answer says so.
    var leavesDoubt: Bool {
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
