@testable import BucketClient
import Foundation
@testable import HTTPClient
@testable import Probes
import Testing

@Suite struct BucketFactsTests {
    private func skew(sent: Double, received: Double, server: String) -> Double? {
        let start = Date(timeIntervalSince1970: 784_111_777)  // Sun, 06 Nov 1994 08:49:37 GMT
        return S3Exchange(sentAt: start + sent, receivedAt: start + received, serverDate: server).skew
    }

    @Test(arguments: [
        (0.2, 0.4, 0.0),  // the header has whole seconds
        (-9, 9, 0),  // a slow answer: the server may have said it at any time in between
        (-100, -60, 60),  // the server is ahead of the end of the exchange
        (121, 130, -120),  // the server is behind its beginning
    ])
    func aSlowAnswerIsNotTakenForAWrongClock(_ sent: Double, _ received: Double, _ expected: Double) {
        #expect(skew(sent: sent, received: received, server: "Sun, 06 Nov 1994 08:49:37 GMT") == expected)
    }

    @Test(arguments: ["", "yesterday", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET"])
    func aDateThatCannotBeReadGivesNoSkew(_ text: String) {
        #expect(skew(sent: 0, received: 0, server: text) == nil)
    }

    @Test func theSignatureOfARedirectIsNotKept() {
        let zero = Duration.zero
        let response = HTTPResponse(
            status: 307, headers: [("location", "https://other/b/k?X-Amz-Signature=secret")], body: [],
            timings: HTTPTimings(nameLookup: zero, connect: zero, tls: zero, firstByte: zero, total: zero),
            remoteAddress: "", version: "1.1")
        #expect(BucketSnapshot.Answer(response).redirect == "https://other/b/k")
    }
}
