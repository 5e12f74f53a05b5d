import AWSClient

/// An identity provider that CI logs in with.
package enum OIDCProvider: AWSKind {
    package static let kind = "aws.oidc_provider"
    package static let locators = ["provider"]
    package static let questions: [AWSQuestion] = [
        AWSQuestion(
            needs: "iam:GetOpenIDConnectProvider",
            settings: [
                .text(
                    "url", "https://token.actions.githubusercontent.com", "Do tokens come from the declared issuer?",
                    why: "another issuer could sign tokens for everybody",
                    flaw: ("another issuer", "https://evil.example"),
                    comparison: .sameName
                ) { $0.text("Url") },
                .list(
                    "audiences", ["sts.amazonaws.com"], "Are only tokens accepted that were made for AWS?",
                    why: "a token that was made for another service would open this account",
                    flaw: ("another audience was added", ["other", "sts.amazonaws.com"]),
                    fix: "aws iam get-open-id-connect-provider --open-id-connect-provider-arn {id}"
                ) { $0.texts("ClientIDList", "member") },
            ]
        ) {
            try await $0.session.ask(
                .query(.iam, "GetOpenIDConnectProvider", ["OpenIDConnectProviderArn": $0.id]))
        }
    ]
}
