import Foundation
import OpsModel

extension BucketSnapshot {
    func judgeConfiguration(_ expectation: BucketExpectation, _ sheet: inout CheckSheet) {
        let wanted = expectation.configuration
        for (name, check) in BucketConfiguration.subresources where check != "cors" {
            guard wanted.asks(check) else {
                sheet.skip(check, because: "not asked for")
                continue
            }
            guard let text = documentText(name, check, expectation, &sheet) else { continue }
            let finding = finding(check, text, wanted, expectation)
            let fix =
                finding.fix.hasPrefix("put-") || finding.fix.hasPrefix("delete-")
                ? expectation.command(finding.fix) : finding.fix
            sheet.expect(
                check, finding.isGood, observed: finding.observed, expected: finding.expected, reason: .policy,
                phase: "request", fix: fix)
        }
        judgeCORS(expectation, &sheet)
    }

    private struct Finding {
        var isGood: Bool
        var observed: String
        var expected: String
        var fix: String
    }

    /// The document; empty when the bucket has none; nil when there was no looking, which is recorded.
    private func documentText(
        _ name: String, _ check: String, _ expectation: BucketExpectation, _ sheet: inout CheckSheet
    ) -> String? {
        let action = BucketSubject.checks.first { $0.name == check }?.privilege ?? ""
        let expected = "an answer for ?\(name)"
        switch documents[name] ?? .notLooked {
        case .notLooked where expectation.folder != nil: sheet.skip(check, because: "a folder has none")
        case .notLooked: sheet.block([check], by: "put")
        case .failed(let failure):
            sheet.record(check, failure, expected: expected, fix: fix(failure, action, expectation))
        case .seen(let document) where document.text.contains("<ListBucketResult"):
            // A store that does not know the part takes the question for one about the bucket's objects.
            sheet.record(
                check, .unknown, observed: "\(document.status) with a listing of the bucket", expected: expected,
                reason: .proto, phase: "request", fix: Self.lookElsewhere)
        case .seen(let document) where document.status == 200: return document.text
        case .seen(let document):
            let code = document.code ?? "no code"
            if document.status == 404, code.hasPrefix("NoSuch") || code.hasSuffix("NotFoundError"),
                code != "NoSuchBucket"
            {
                return ""
            }
            let observed = "\(document.status) \(code)"
            if code == "AccessDenied" {
                sheet.lacksPrivilege(
                    check, observed: observed, expected: expected, phase: "request", fix: "grant \(action)")
            } else {
                sheet.record(
                    check, .unknown, observed: observed, expected: expected, reason: .status, phase: "request",
                    fix: Self.lookElsewhere)
            }
        }
        return nil
    }

    private static let lookElsewhere = "this store does not tell it: look there by other means, or leave it out"

    private func finding(
        _ check: String, _ text: String, _ wanted: BucketConfiguration, _ expectation: BucketExpectation
    ) -> Finding {
        switch check {
        case "versioning":
            let state = element("Status", text) ?? "never switched on"
            return Finding(
                isGood: state == "Enabled", observed: state, expected: "Enabled",
                fix: "put-bucket-versioning --versioning-configuration Status=Enabled")
        case "lifecycle": return lifecycle(text, expectation.canaryPrefix)
        case "encryption": return encryption(text, wanted)
        case "replication":
            let isOn = rules(text).contains { element("Status", $0) == "Enabled" }
            return Finding(
                isGood: isOn, observed: isOn ? "Enabled" : text.isEmpty ? "none" : "no rule is enabled",
                expected: "an enabled rule",
                fix: "put-bucket-replication --replication-configuration file://replication.json")
        case "object_lock": return lock(text, wanted.lock ?? .enabled)
        case "public_access_block":
            let flags = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]
            let missing = flags.filter { element($0, text)?.lowercased() != "true" }
            return Finding(
                isGood: missing.isEmpty,
                observed: missing.isEmpty ? "all four" : "not \(missing.joined(separator: ", "))",
                expected: "all four flags true", fix: Self.blockPublicAccess)
        case "private_policy":
            // Without a policy there is none that could be public.
            let isPublic = element("IsPublic", text)?.lowercased() == "true"
            return Finding(
                isGood: !isPublic, observed: text.isEmpty ? "no policy" : isPublic ? "public" : "not public",
                expected: "not public", fix: "delete-bucket-policy, or narrow its Principal")
        default: return tlsOnly(text)
        }
    }

    private func lifecycle(_ text: String, _ canaryPrefix: String) -> Finding {
        // A rule for some objects only says nothing of the canaries, or of all uploads.
        let filters = ["<Tag>", "<ObjectSizeGreaterThan>", "<ObjectSizeLessThan>"]
        let active = rules(text).filter { rule in
            element("Status", rule) == "Enabled" && !filters.contains { rule.contains($0) }
        }
        let aborts = active.contains {
            element("DaysAfterInitiation", $0) != nil && (element("Prefix", $0) ?? "").isEmpty
        }
        let expires = active.contains { rule in
            element("Expiration", rule)?.contains("<Days>") == true
                && canaryPrefix.hasPrefix(element("Prefix", rule) ?? "")
        }
        let missing = [
            aborts ? nil : "no rule aborts unfinished uploads of the whole bucket",
            expires ? nil : "no rule expires \(canaryPrefix)",
        ].compactMap { $0 }
        return Finding(
            isGood: missing.isEmpty, observed: missing.isEmpty ? "both" : missing.joined(separator: ", "),
            expected: "unfinished uploads aborted, left-over canaries expired",
            fix: "put-bucket-lifecycle-configuration --lifecycle-configuration file://lifecycle.json")
    }

    private func encryption(_ text: String, _ wanted: BucketConfiguration) -> Finding {
        let algorithm = element("SSEAlgorithm", text)
        let key = element("KMSMasterKeyID", text)
        let isRight =
            algorithm != nil && (wanted.encryption == nil || wanted.encryption == algorithm)
            && (wanted.kmsKey == nil || wanted.kmsKey == key)
        return Finding(
            isGood: isRight,
            observed: [algorithm ?? "none", key].compactMap { $0 }.joined(separator: " "),
            expected: [wanted.encryption, wanted.kmsKey].compactMap { $0 }.joined(separator: " "),
            fix: Self.encrypt(wanted))
    }

    private func lock(_ text: String, _ wanted: BucketConfiguration.Lock) -> Finding {
        let isOn = element("ObjectLockEnabled", text) == "Enabled"
        let mode = element("Mode", text)?.lowercased()
        return Finding(
            isGood: isOn && (wanted == .enabled || mode == wanted.rawValue),
            observed: isOn ? "enabled\(mode.map { ", \($0)" } ?? "")" : "off", expected: wanted.rawValue,
            fix: Self.keep(wanted))
    }

    /// What the policy says, and what the store does.
    private func tlsOnly(_ text: String) -> Finding {
        let compact = text.filter { !$0.isWhitespace }.lowercased()
        let says =
            compact.contains(#""effect":"deny""#) && compact.contains(#""aws:securetransport":"#)
            && (compact.contains(#""aws:securetransport":"false""#)
                || compact.contains(#""aws:securetransport":["false"]"#))
        let isAnswered = plaintext.facts.map { $0.gaveContent || (200...299).contains($0.status) } ?? false
        return Finding(
            isGood: says && !isAnswered,
            observed: !says
                ? (text.isEmpty ? "no policy" : "the policy says nothing of TLS")
                : isAnswered ? "the policy denies plain HTTP, but the store answered it" : "denied",
            expected: "a Deny for aws:SecureTransport=false, obeyed",
            fix: says
                ? "the store ignores its policy: close its plain port" : "put-bucket-policy --policy file://policy.json"
        )
    }

    private func rules(_ text: String) -> [String] {
        text.components(separatedBy: "<Rule>").dropFirst().map { $0.components(separatedBy: "</Rule>")[0] }
    }
}
