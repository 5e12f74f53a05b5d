import OpsModel

extension BucketSnapshot {
    func judgeRefusals(_ expectation: BucketExpectation, _ sheet: inout CheckSheet) {
        let block = expectation.command(Self.blockPublicAccess)
        judgeRefusal("anonymous_refused", anonymous, codes: ["AccessDenied"], block, &sheet)
        judgeRefusal("anonymous_list_refused", anonymousList, codes: ["AccessDenied"], block, &sheet)
        judgeRefusal("anonymous_put_refused", anonymousPut, codes: ["AccessDenied"], block, &sheet)
        judgeRefusal(
            "tampered_refused", tampered, codes: ["SignatureDoesNotMatch", "AccessDenied"],
            "the store does not check signatures: replace it", &sheet)
        judgePlaintext(expectation, &sheet)
    }

    /// The refusal must be the right one: any other error would prove nothing.
    private func judgeRefusal(
        _ name: String, _ observation: Observation<Answer>, codes: [String], _ fix: String, _ sheet: inout CheckSheet
    ) {
        let expected = "403 \(codes.joined(separator: " or "))"
        switch observation {
        case .notLooked: sheet.skip(name, because: "nothing to refuse here")
        case .seen(let answer):
            if answer.status == 403, let code = answer.code, codes.contains(code) {
                sheet.record(name, .pass, observed: answer.text, expected: expected, phase: "request")
            } else if (200...399).contains(answer.status) {
                sheet.record(
                    name, .fail, observed: answer.text, expected: expected, reason: .accepted, phase: "request",
                    fix: fix)
            } else {
                sheet.record(
                    name, .unknown, observed: answer.text, expected: expected, reason: .status, phase: "request",
                    fix: "this answer does not prove the refusal; see the store's log")
            }
        case .failed(let failure): unproven(name, failure, expected, &sheet)
        }
    }

    private func unproven(_ name: String, _ failure: LookFailure, _ expected: String, _ sheet: inout CheckSheet) {
        sheet.record(
            name, .unknown, observed: failure.message, expected: expected, reason: failure.reason,
            phase: failure.phase, fix: "probe again; nothing proved the refusal")
    }

    /// Nobody listens, the connection is closed, TLS is demanded, or HTTPS is named as the place to go.
    private func judgePlaintext(_ expectation: BucketExpectation, _ sheet: inout CheckSheet) {
        let (name, expected) = ("plaintext_refused", "a refusal of plain HTTP")
        switch plaintext {
        case .notLooked: sheet.skip(name, because: expectation.folder == nil ? "plain HTTP is allowed" : "a folder")
        case .failed(let failure) where failure.reason == .refused || failure.reason == .unreachable:
            // The same request over TLS was answered in this run, so it is plain HTTP that is not wanted.
            sheet.record(
                name, .pass, observed: "no connection: \(failure.message)", expected: expected, phase: "connect")
        case .failed(let failure): unproven(name, failure, expected, &sheet)
        case .seen(let answer):
            if answer.gaveContent || (200...299).contains(answer.status) {
                sheet.record(
                    name, .fail, observed: "\(answer.text) over plain HTTP", expected: expected, reason: .accepted,
                    phase: "request",
                    fix: "deny aws:SecureTransport=false in the bucket's policy, or close the plain port")
            } else if [400, 403, 426].contains(answer.status) || answer.redirect?.hasPrefix("https:") == true {
                sheet.record(
                    name, .pass, observed: answer.redirect.map { _ in "\(answer.text) to https" } ?? answer.text,
                    expected: expected, phase: "request")
            } else {
                sheet.record(
                    name, .unknown, observed: answer.text, expected: expected, reason: .status, phase: "request",
                    fix: "this answer does not prove the refusal; see the store's log")
            }
        }
    }

    func judgeRights(_ expectation: BucketExpectation, _ sheet: inout CheckSheet) {
        let (name, expected) = ("least_privilege", "AccessDenied for what it does not need")
        switch rights {
        case .notLooked: sheet.skip(name, because: "not asked for")
        case .failed(let failure): unproven(name, failure, expected, &sheet)
        case .seen(let rights):
            var excess: [String] = []
            if rights.listBuckets.status == 200 { excess.append("s3:ListAllMyBuckets") }
            // Whoever hears that it is no policy was allowed to put one.
            let judgements = ["MalformedPolicy", "InvalidArgument", "InvalidPolicyDocument"]
            if rights.changePolicy.status < 300 || judgements.contains(rights.changePolicy.code ?? "") {
                excess.append("s3:PutBucketPolicy")
            }
            if let other = rights.otherBucket, other.status == 200 {
                excess.append("s3:ListBucket on \(expectation.otherBucket ?? "another bucket")")
            }
            // A store that does not know the request gives no right either; a bucket that is not there proves nothing.
            let odd =
                [rights.listBuckets, rights.changePolicy].filter { ![403, 404, 405, 501].contains($0.status) }
                + [rights.otherBucket].compactMap { $0 }.filter { $0.status != 403 }
            if excess.isEmpty, !odd.isEmpty {
                return sheet.record(
                    name, .unknown, observed: odd.map(\.text).joined(separator: ", "), expected: expected,
                    reason: .status, phase: "request", fix: "these answers prove no refusal; see the store's log")
            }
            sheet.expect(
                name, excess.isEmpty, observed: excess.isEmpty ? "refused" : "may \(excess.joined(separator: ", "))",
                expected: expected, reason: .policy, phase: "request",
                fix: "grant the key only s3:GetObject, s3:PutObject, s3:DeleteObject on this bucket")
        }
    }
}
