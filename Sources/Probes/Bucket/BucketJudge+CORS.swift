import BucketClient
import OpsModel

extension BucketSnapshot {
    /// What browsers are told decides; the configuration only explains.
    func judgeCORS(_ expectation: BucketExpectation, _ sheet: inout CheckSheet) {
        guard let cors = expectation.configuration.cors else { return sheet.skip("cors", because: "not asked for") }
        let expected = "\(cors.methods.joined(separator: ", ")) for \(cors.origin) only"
        switch preflights {
        case .notLooked where expectation.folder != nil: sheet.skip("cors", because: "a folder has none")
        case .notLooked: sheet.block(["cors"], by: "put")
        case .failed(let failure):
            sheet.record("cors", failure, expected: expected, fix: fix(failure, "s3:PutBucketCORS", expectation))
        case .seen(let preflights):
            let own = preflights.filter { $0.origin == cors.origin }
            var troubles = own.filter { !$0.isAllowed }.map { "\($0.method) refused: \($0.status)" }
            let isForAll = cors.origin == "*"
            if !isForAll, preflights.contains(where: { $0.origin != cors.origin && $0.isAllowed }) {
                troubles.append("every origin is allowed")
            }
            if case .seen(let document) = documents["cors"], document.code == "NoSuchCORSConfiguration" {
                troubles.append("there is no CORS configuration")
            }
            sheet.expect(
                "cors", troubles.isEmpty, observed: troubles.isEmpty ? "allowed" : troubles.joined(separator: ", "),
                expected: expected, reason: .policy, phase: "request",
                fix: expectation.command("put-bucket-cors --cors-configuration file://cors.json"))
        }
    }

    func element(_ name: String, _ text: String) -> String? { s3Element(name, in: text) }
}

extension BucketSnapshot.Preflight {
    fileprivate var isAllowed: Bool {
        let methods = (allowedMethods ?? "").split(separator: ",").map { $0.filter { $0 != " " } }
        return (200...299).contains(status) && (allowedOrigin == origin || allowedOrigin == "*")
            && methods.contains { $0 == method }
    }
}
