import AWSClient

/// A topic that alarms are sent to.
package enum SNSTopic: AWSKind {
    package static let kind = "aws.sns_topic"
    package static let locators = ["topic"]
    package static let questions: [AWSQuestion] = [
        AWSQuestion(
            needs: "sns:GetTopicAttributes",
            settings: [
                .text(
                    "key", "arn:aws:kms:eu-central-1:123456789012:key/a", "Is it encrypted with the declared key?",
                    why: "whoever may use another key could read the messages", flaw: ("it is not encrypted", ""),
                    fix: "aws sns set-topic-attributes --topic-arn {id} --attribute-name KmsMasterKeyId "
                        + "--attribute-value ARN",
                    comparison: .sameName
                ) { topic in
                    topic.all("Attributes", "entry").first { $0.text("key") == "KmsMasterKeyId" }?.text("value")
                }
            ]
        ) { try await $0.session.ask(.query(.sns, "GetTopicAttributes", ["TopicArn": $0.id])) },
        AWSQuestion(
            needs: "sns:ListSubscriptionsByTopic",
            settings: [
                .list(
                    "subscriptions", ["ops@example.com"], "Do the right people hear of alarms, and no others?",
                    why: "an alarm that reaches nobody is none; a stranger would learn of every weakness",
                    flaw: ("nobody is subscribed", []),
                    fix: "aws sns list-subscriptions-by-topic --topic-arn {id}"
                ) { subscriptions($0).compactMap { $0.text("Endpoint") } },
                .text(
                    "confirmed", "all", "Has everybody confirmed?", why: "to who has not, nothing is sent",
                    flaw: ("a subscription waits for its confirmation", "not by ops@example.com"),
                    fix:
                        "follow the link in the mail that AWS sent; aws sns list-subscriptions-by-topic --topic-arn {id}"
                ) { answer in
                    let waiting = subscriptions(answer).filter {
                        $0.text("SubscriptionArn")?.hasPrefix("arn:") != true
                    }
                    let names = waiting.compactMap { $0.text("Endpoint") }.sorted()
                    return waiting.isEmpty ? "all" : "not by \(names.joined(separator: ", "))"
                },
            ]
        ) { asking in
            try await asking.session.askAll { token in
                .query(
                    .sns, "ListSubscriptionsByTopic",
                    ["TopicArn": asking.id].merging(token.map { ["NextToken": $0] } ?? [:]) { $1 })
            } next: {
                $0.text("NextToken")
            }
        },
    ]

    private static func subscriptions(_ answer: AWSDocument) -> [AWSDocument] { answer.all("Subscriptions", "member") }
}
