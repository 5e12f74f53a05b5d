import AWSClient

/// The account that everything is asked in. One answer for all: without it no other question makes sense.
package enum Account: AWSKind {
    package static let kind = "aws.account"
    package static let locators = ["account"]
    package static let questions: [AWSQuestion] = [
        // Whether it is the right account, the session finds out before it asks anything.
        AWSQuestion(needs: "sts:GetCallerIdentity") { try await $0.session.ask(.query(.sts, "GetCallerIdentity")) }
    ]
}
