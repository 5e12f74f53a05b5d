import BucketClient
import Cryptography
import Foundation
import HTTPClient
import OpsModel

/// Asks for a stored canary in every way, with a right to it and without, and stores others that it removes itself.
struct S3CanaryLook {
    let bucket: S3Bucket
    let expectation: BucketExpectation
    let visit: Visit
    let key: String
    let content: [UInt8]

    /// What the names of further canaries end with.
    static let suffixes: Set<String> = [".presigned", ".anonymous", ".digest", ".parts", ".aborted"]

    func look(_ snapshot: inout BucketSnapshot) async {
        async let anonymous = lookAnonymously()
        async let anonymousList = list()
        async let anonymousPut = putAnonymously()
        async let plaintext = lookAtPlaintext()
        async let presigned = lookPresigned(.valid)
        async let tampered = lookPresigned(.tampered)
        async let expired = lookPresigned(.expired)
        async let long = lookPresigned(.old)
        async let presignedPut = putPresigned()
        async let digests = lookAtDigests()
        async let multipart = lookAtMultipart()
        (snapshot.anonymous, snapshot.anonymousList) = (await anonymous, await anonymousList)
        (snapshot.anonymousPut, snapshot.plaintext) = (await anonymousPut, await plaintext)
        (snapshot.presigned, snapshot.tampered) = (await presigned, await tampered)
        (snapshot.presignedExpired, snapshot.presignedLong) = (await expired, await long)
        (snapshot.presignedPut, snapshot.digests) = (await presignedPut, await digests)
        snapshot.multipart = await multipart
    }

    private func lookAnonymously() async -> Observation<BucketSnapshot.Answer> {
        guard expectation.refusesAnonymous, visit.asks("anonymous_refused") else { return .notLooked }
        return await ask(S3Request("GET", .object(key)).unsigned)
    }

    private func list() async -> Observation<BucketSnapshot.Answer> {
        guard expectation.refusesAnonymous, visit.asks("anonymous_list_refused") else { return .notLooked }
        let query = [(name: "list-type", value: "2"), (name: "max-keys", value: "1")]
        return await ask(S3Request("GET", .bucket, query: query).unsigned)
    }

    private func putAnonymously() async -> Observation<BucketSnapshot.Answer> {
        guard expectation.refusesAnonymous, visit.asks("anonymous_put_refused") else { return .notLooked }
        let name = "\(key).anonymous"
        let answer = await ask(S3Request("PUT", .object(name), body: content).unsigned)
        // What was stored against all rules is removed, also where that is not certain.
        if answer.facts.map({ $0.status < 300 }) ?? true { await remove(name) }
        return answer
    }

    /// A signed GET over plain HTTP: an anonymous one would be refused for want of a signature. The signature opens this one
    /// canary, for some seconds.
    private func lookAtPlaintext() async -> Observation<BucketSnapshot.Answer> {
        guard expectation.refusesPlaintext, visit.asks("plaintext_refused", "tls_only_policy") else {
            return .notLooked
        }
        var request = S3Request("GET", .object(key))
        request.scheme = "http"
        return await ask(request)
    }

    private enum Link { case valid, tampered, expired, old }

    private func lookPresigned(_ link: Link) async -> Observation<BucketSnapshot.Answer> {
        guard expectation.testsPresigned, visit.asks("presigned_works", "presigned_expired_refused") else {
            return .notLooked
        }
        return await Observation.look {
            let url =
                switch link {
                case .valid: try bucket.presignedURL("GET", key, expires: .seconds(60))
                case .tampered: Self.tampered(try bucket.presignedURL("GET", key, expires: .seconds(60)))
                case .expired:
                    try bucket.presignedURL("GET", key, expires: .seconds(60), signedAt: Date() - 7200)
                case .old: try bucket.presignedURL("GET", key, expires: .seconds(3600), signedAt: Date() - 960)
                }
            return BucketSnapshot.Answer(try await send("GET", url), content)
        }
    }

    /// Changes the last digit of the signature.
    private static func tampered(_ url: Secret) -> Secret {
        let text = url.reveal()
        return Secret(text.dropLast() + (text.hasSuffix("0") ? "1" : "0"))
    }

    private func putPresigned() async -> Observation<BucketSnapshot.Answer> {
        guard expectation.testsPresigned, visit.asks("presigned_put") else { return .notLooked }
        let name = "\(key).presigned"
        let answer = await Observation<BucketSnapshot.Answer>.look {
            let url = try bucket.presignedURL("PUT", name, expires: .seconds(60))
            var answer = BucketSnapshot.Answer(try await send("PUT", url, body: .bytes(content)), content)
            if answer.status == 200 { answer.gaveContent = try await bucket.get(name, limit: 1 << 20) == content }
            return answer
        }
        if answer.facts.map({ $0.status < 300 }) ?? true { await remove(name) }
        return answer
    }

    private func lookAtDigests() async -> Observation<BucketSnapshot.Digests> {
        guard visit.asks("checksum") else { return .notLooked }
        let name = "\(key).digest"
        func put(_ digest: String) async throws -> BucketSnapshot.Answer {
            let headers = [(name: "content-md5", value: digest)]
            return .init(
                try await bucket.answer(to: S3Request("PUT", .object(name), headers: headers, body: content)), content)
        }
        let digests = await Observation<BucketSnapshot.Digests>.look {
            .init(right: try await put(contentMD5(content)), wrong: try await put(contentMD5([0])))
        }
        await remove(name)
        return digests
    }

    private func lookAtMultipart() async -> Observation<BucketSnapshot.Multipart> {
        guard visit.asks("multipart") else { return .notLooked }
        let name = "\(key).parts"
        let result = await Observation<BucketSnapshot.Multipart>.look {
            try await S3MultipartLook(
                bucket: bucket, cleaning: bucket.limited(to: visit.time.forCleaning), key: key, first: content
            ).look()
        }
        await remove(name)
        return result
    }

    /// Cleaning is no check of its own: what stays here is found by the sweep of a later run.
    private func remove(_ name: String) async {
        let bucket = bucket.limited(to: visit.time.forCleaning)
        _ = await shielded {
            await Observation<Bool>.look {
                try await bucket.delete(name)
                return true
            }
        }
    }

    private func ask(_ request: S3Request) async -> Observation<BucketSnapshot.Answer> {
        await Observation.look { .init(try await bucket.answer(to: request), content) }
    }

    private func send(_ method: String, _ url: Secret, body: HTTPBody = .none) async throws -> HTTPResponse {
        var request = HTTPRequest(
            method, url.reveal(), body: body, timeout: visit.time.forLooking, authorityFile: expectation.authorityFile)
        request.addresses = bucket.addresses
        return try await visit.http.send(request)
    }
}

extension BucketSnapshot.Answer {
    init(_ response: HTTPResponse, _ content: [UInt8] = []) {
        self.init(
            status: response.status, code: s3ErrorCode(response.text), message: s3Element("Message", in: response.text),
            gaveContent: !content.isEmpty && response.body == content,
            // A redirect of a presigned request carries its signature, which is as good as a password.
            redirect: response.header("location").map(printableURL))
    }
}
