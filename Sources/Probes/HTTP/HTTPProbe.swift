import HTTPClient
package import OpsModel

/// What is expected of an HTTP service.
package struct HTTPExpectation: Codable, Sendable {
    /// Without credentials.
    package var place: String
    package var statuses: [Int]
    /// Header name and a part of its value.
    package var headers: [String: String]
    package var bodyContains: String?
    /// Milliseconds.
    package var within: Int64?
    package var authorityFile: String?

    package init(
        url: String, statuses: [Int], headers: [String: String], bodyContains: String?, within: Duration?,
        authorityFile: String?
    ) {
        (place, self.statuses, self.headers) = (printableURL(url), statuses, headers)
        self.within = within.map(\.milliseconds)
        (self.bodyContains, self.authorityFile) = (bodyContains, authorityFile)
    }
}

/// What was seen of an HTTP service; phases count from the start of the request.
package struct HTTPSnapshot: Codable, Sendable, Equatable {
    package struct Answer: Codable, Sendable, Equatable {
        package var status: Int
        package var headers: [String: String]
        package var body: String
        package var remoteAddress: String
        package var connectMilliseconds: Int64
        package var firstByteMilliseconds: Int64
        package var totalMilliseconds: Int64
    }

    package var answer: Observation<Answer>
}

struct HTTPLook {
    let url: Secret
    let addresses: [String]
    let expectation: HTTPExpectation
    let time: TimeBudget
    let http: HTTPClient

    func look() async -> HTTPSnapshot {
        HTTPSnapshot(
            answer: await Observation.look {
                try LookFailure.refuseUnusable(authorityFile: expectation.authorityFile)
                var request = HTTPRequest(
                    "GET", url.reveal(), timeout: time.forLooking, authorityFile: expectation.authorityFile)
                request.addresses = addresses
                let response = try await http.send(request)
                return .init(
                    status: response.status,
                    headers: Dictionary(
                        response.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { $0 + ", " + $1 }),
                    body: response.text, remoteAddress: response.remoteAddress,
                    connectMilliseconds: response.timings.connect.milliseconds,
                    firstByteMilliseconds: response.timings.firstByte.milliseconds,
                    totalMilliseconds: response.timings.total.milliseconds)
            })
    }
}

extension HTTPSnapshot.Answer {
    /// A header's value; one that is a URL, such as `location`, can hold secrets.
    fileprivate func printableHeader(_ name: String) -> String? {
        headers[name.lowercased()].map { $0.contains("://") ? printableURL($0) : $0 }
    }
}

extension HTTPSnapshot {
    /// Turns a snapshot into results; pure.
    func judge(_ expectation: HTTPExpectation, _ sheet: inout CheckSheet) {
        guard let answer = answer.facts else {
            let failure =
                self.answer.failure ?? LookFailure(reason: .internalError, phase: "look", message: "not looked at")
            let fix = failure.connectionFix(to: expectation.place) ?? "see the service's log"
            sheet.record("connect", failure, expected: "an answer", fix: fix)
            return sheet.blockRest(by: "connect")
        }
        sheet.record("connect", .pass, observed: answer.remoteAddress, expected: "an answer", phase: "connect")
        sheet.expect(
            "status", expectation.statuses.contains(answer.status), observed: String(answer.status),
            expected: expectation.statuses.map(String.init).joined(separator: ", "), reason: .status,
            phase: "first_byte",
            fix: "curl -i \(expectation.place)")
        judgeContent(answer, expectation, &sheet)
    }

    private func judgeContent(_ answer: Answer, _ expectation: HTTPExpectation, _ sheet: inout CheckSheet) {
        if expectation.headers.isEmpty {
            sheet.skip("headers", because: "not asked for")
        } else {
            let wrong = expectation.headers.sorted { $0.key < $1.key }.filter { name, part in
                answer.headers[name.lowercased()]?.contains(part) != true
            }
            let wanted = expectation.headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(
                separator: ", ")
            let observed = wrong.map { "\($0.key): \(answer.printableHeader($0.key) ?? "missing")" }.joined(
                separator: ", ")
            sheet.expect(
                "headers", wrong.isEmpty, observed: wrong.isEmpty ? wanted : observed, expected: wanted,
                reason: .mismatch,
                phase: "first_byte", fix: "curl -i \(expectation.place)")
        }
        if let part = expectation.bodyContains {
            let isThere = answer.body.contains(part)
            sheet.expect(
                "body", isThere, observed: isThere ? "contains it" : "\(answer.body.utf8.count) bytes without it",
                expected: "contains `\(part)`",
                reason: .body, phase: "transfer", fix: "curl \(expectation.place)")
        } else {
            sheet.skip("body", because: "not asked for")
        }
        guard let limit = expectation.within else { return sheet.skip("latency", because: "not asked for") }
        sheet.expect(
            "latency", answer.totalMilliseconds <= limit, observed: String(answer.totalMilliseconds),
            expected: "at most \(limit)", unit: "ms", reason: .timeout, phase: "transfer",
            fix: "check the service's load")
    }
}
