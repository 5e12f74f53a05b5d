import BucketClient
import Foundation

/// Credentials and endpoints of one account, shared by everything that asks there.
///
/// The credentials are looked for once and fetched anew before they expire. Before the first answer counts they must turn out to
/// be those of the expected account: in another one everything would seem to be missing.
package actor AWSAccess {
    package nonisolated let endpoints: AWSEndpoints
    private let source: AWSCredentialSource
    private let account: String?
    private var lease: Task<AWSLease, any Error>?
    private var isRightAccount: Task<Void, any Error>?

    /// - Parameter environment: AWS's variables, and HOME.
    /// - Parameter account: twelve digits; nil: any account is right.
    package init(environment: [String: String], endpoints: AWSEndpoints, account: String? = nil) {
        (self.endpoints, self.account) = (endpoints, account)
        source = AWSCredentialSource(environment: environment)
    }

    /// - Throws: `AWSError`, or `HTTPError` when who hands them out does not answer.
    func credentials(with session: AWSSession) async throws -> S3Credentials {
        if let lease {
            do {
                let held = try await lease.value
                if held.isFresh { return held.credentials }
            } catch {
                if self.lease == lease { self.lease = nil }
                throw error
            }
            if self.lease == lease { self.lease = nil }
        }
        // A task of its own: a cancelled caller must not take the credentials away from the others.
        let task = lease ?? Task { [source] in try await source.find(with: session) }
        lease = task
        do {
            return try await task.value.credentials
        } catch {
            if lease == task { lease = nil }
            throw error
        }
    }

    /// - Throws: `AWSError.otherAccount`, or why it could not be found out.
    func checkAccount(with session: AWSSession) async throws {
        guard let account else { return }
        let task =
            isRightAccount
            ?? Task {
                let identity = try await session.askUnchecked(.query(.sts, "GetCallerIdentity"))
                guard let found = identity.text("Account") else {
                    throw AWSError.unreadable(action: "sts:GetCallerIdentity", why: "an answer without an account")
                }
                guard found == account else { throw AWSError.otherAccount(expected: account, found: found) }
            }
        isRightAccount = task
        do {
            try await task.value
        } catch {
            // Asked anew next time: it may have been the network.
            if isRightAccount == task { isRightAccount = nil }
            throw error
        }
    }
}

/// Credentials until they expire.
struct AWSLease: Sendable {
    let credentials: S3Credentials
    /// nil: they do not expire, or nobody says when.
    let expires: Date?

    var isFresh: Bool { expires.map { $0.timeIntervalSinceNow > 120 } ?? true }
}
