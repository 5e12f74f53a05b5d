package import Foundation
import OpsModel

/// Whether a bundle may be applied now; decided from values alone.
package struct ApplyGate: Sendable {
    package struct Refusal: Codable, Sendable, Equatable {
        /// Stable name, such as `stale`.
        package let reason: String
        package let why: String
        package let fix: String
        /// Whether the bundle is not the one that was planned.
        package let isTampering: Bool

        init(_ reason: String, _ why: String, fix: String, isTampering: Bool = false) {
            (self.reason, self.why, self.fix, self.isTampering) = (reason, why, fix, isTampering)
        }
    }

    /// What is so at the time of the apply.
    package struct Present: Sendable {
        package var now: Date
        package var accountID: String
        package var endpoint: String?
        package var digests: StackDigests
        package var tampered: [(file: String, why: String)] = []
        /// Whether somebody began to apply this very bundle before.
        package var wasApplied = false
        package var protection = Protection.critical
        package var hasOpenWindow = false
        /// Resources changed by hand that the apply would write into the state without a word.
        package var swallowed = 0
        package var openDeploys: [String] = []
        /// The last apply, if nobody has closed it. Nothing of it runs any more: the workspace would be busy.
        package var openApply: OpenApply?

        package init(now: Date, settings: StackSettings, endpoint: String?, digests: StackDigests) {
            (self.now, self.endpoint, self.digests) = (now, endpoint, digests)
            accountID = settings.accountID
        }
    }

    package struct Consent: Sendable {
        package var maximumAge: Duration
        package var takesPart: Bool
        package var acceptsDrift: Bool
        /// Whether somebody has said yes; nobody has to for a dry run.
        package var isAgreed: Bool

        package init(maximumAge: Duration, takesPart: Bool, acceptsDrift: Bool, isAgreed: Bool) {
            (self.maximumAge, self.takesPart, self.acceptsDrift) = (maximumAge, takesPart, acceptsDrift)
            self.isAgreed = isAgreed
        }

        /// What was agreed to beyond the plan itself.
        package var names: [String] {
            [(takesPart, "partial"), (acceptsDrift, "accept-drift")].filter(\.0).map(\.1)
        }
    }

    let manifest: PlanManifest
    let present: Present
    let consent: Consent

    package init(_ manifest: PlanManifest, present: Present, consent: Consent) {
        (self.manifest, self.present, self.consent) = (manifest, present, consent)
    }

    private var planAgain: String { "opsctl stack plan --env \(manifest.environment)" }

    package var refusals: [Refusal] {
        guard !present.wasApplied else {
            return [Refusal("applied", "it was applied before", fix: planAgain)] + interlock
        }
        return tampering + content + staleness + consentMissing + interlock
    }

    private var tampering: [Refusal] {
        present.tampered.map { file, why in
            Refusal(
                "tampered", "\(file) is not what was planned: \(why)",
                fix: "keep the bundle as evidence, then: \(planAgain)", isTampering: true)
        }
    }

    private var consentMissing: [Refusal] {
        guard present.protection != .ephemeral else { return [] }
        var found: [Refusal] = []
        if !consent.isAgreed {
            found.append(
                Refusal(
                    "needs_yes", "the environment is \(present.protection.rawValue), and nobody has said yes",
                    fix: "read the plan, then add --yes"))
        }
        let lost = manifest.applicable.flatMap {
            $0.summary?.items.filter(\.isLoss).map(\.address) ?? [$0.layer.rawValue]
        }
        if present.protection == .critical, !lost.isEmpty, !present.hasOpenWindow {
            found.append(
                Refusal(
                    "outside_window",
                    "it replaces or destroys \(lost.joined(separator: ", ")), and no maintenance window is open",
                    fix: "agree on one and add it: maintenance: [{from: …, until: …, why: …}]"))
        }
        return found
    }

    private var content: [Refusal] {
        var found: [Refusal] = []
        if manifest.layers.isEmpty { found.append(Refusal("empty", "it holds no layer", fix: planAgain)) }
        if !manifest.failed.isEmpty {
            let names = manifest.failed.map(\.layer.rawValue).joined(separator: ", ")
            found.append(Refusal("failed", "\(names) could not be planned", fix: planAgain))
        }
        if !manifest.previews.isEmpty, !consent.takesPart || manifest.applicable.isEmpty {
            let names = manifest.previews.map { "\($0.layer.rawValue) (\($0.why ?? ""))" }.joined(separator: ", ")
            found.append(
                Refusal(
                    "preview", "previews are never applied: \(names)",
                    fix: manifest.applicable.isEmpty
                        ? planAgain
                        : "apply what is exact, then plan the rest: opsctl stack apply \(manifest.id) --partial"))
        }
        if manifest.policy != .pass {
            found.append(
                Refusal(
                    "policy", "the policy's verdict is \(manifest.policy.rawValue)",
                    fix: "opsctl stack policy \(manifest.id) --env \(manifest.environment)"))
        }
        if present.swallowed > 0, !consent.acceptsDrift {
            found.append(
                Refusal(
                    "drift",
                    "\(present.swallowed) changes made by hand would be written into the state, and then nothing shows them",
                    fix: "opsctl stack drift --env \(manifest.environment); undo them, or --accept-drift"))
        }
        return found
    }

    private var staleness: [Refusal] {
        var found: [Refusal] = []
        let age = Duration.seconds(present.now.timeIntervalSince(manifest.createdAt))
        if age < .seconds(-60) {
            found.append(Refusal("future", "it was made in the future: \(rfc3339(manifest.createdAt))", fix: planAgain))
        }
        if age > consent.maximumAge {
            found.append(
                Refusal("old", "it is \(age.text) old; the limit is \(consent.maximumAge.text)", fix: planAgain))
        }
        if present.accountID != manifest.accountID || present.endpoint != manifest.endpoint {
            found.append(
                Refusal(
                    "place",
                    "it was planned for account \(manifest.accountID) at \(manifest.endpoint ?? "AWS"), this is \(present.accountID) at \(present.endpoint ?? "AWS")",
                    fix: planAgain))
        }
        let changed = manifest.layers.filter { present.digests.layer($0.layer) != $0.renderedDigest }
        if present.digests.modules != manifest.modulesDigest || !changed.isEmpty {
            let what = changed.isEmpty ? "the modules" : changed.map(\.layer.rawValue).joined(separator: ", ")
            found.append(Refusal("stale", "the files of \(what) have changed since", fix: planAgain))
        }
        return found
    }

    private var interlock: [Refusal] {
        var found = present.openDeploys.map { id in
            Refusal(
                "deploy_open", "deploy \(id) is under way or waits for an operator",
                fix: "opsctl deploy status --env \(manifest.environment)")
        }
        guard let open = present.openApply else { return found }
        if manifest.createdAt < open.startedAt || manifest.id == open.plan {
            found.append(
                Refusal(
                    "cut_off", "an apply of \(open.plan) was cut off after this was planned",
                    fix: "opsctl stack status --env \(manifest.environment), then \(planAgain)"))
        }
        return found
    }
}

extension OpenApply {
    /// A time that cannot be read counts as now: then no plan is newer.
    fileprivate var startedAt: Date {
        do { return try Date(at, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)) } catch {
            return .distantFuture
        }
    }
}
