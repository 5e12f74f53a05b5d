import AWSClient

/// A web application firewall.
package enum WebACL: AWSKind {
    package static let kind = "aws.web_acl"
    package static let locators = ["web_acl", "scope"]
    package static let questions: [AWSQuestion] = [
        AWSQuestion(
            needs: "wafv2:GetWebACL",
            settings: [
                .number(
                    "rate_limit", 2000, "Is an address blocked that asks too often?",
                    why: "one visitor could take the site from all others", flaw: ("the limit was raised", 2_000_000),
                    fix: "aws wafv2 get-web-acl --id {name} --scope {scope}"
                ) { acl in
                    // A rule that only counts blocks nobody, one for a part of the requests lets the others through.
                    acl.all("Rules", "member").filter {
                        $0["Action", "Block"] != nil
                            && $0["Statement", "RateBasedStatement", "ScopeDownStatement"] == nil
                    }
                    .compactMap { $0.number("Statement", "RateBasedStatement", "Limit") }.min()
                },
                .text(
                    "default_action", "allow", "Is what no rule knows treated as declared?",
                    why: "the site would be closed, or open to all", flaw: ("it blocks everybody", "block")
                ) { $0["DefaultAction"]?.children.first?.name.lowercased() },
            ]
        ) { asking in
            // arn:aws:wafv2:REGION:ACCOUNT:regional/webacl/NAME/ID
            let parts = asking.id.split(separator: "/").map(String.init)
            guard parts.count == 4 else { throw AWSError.configuration("`\(asking.id)` is no ARN of a web ACL") }
            return try await asking.one(
                .json(
                    .wafv2, "GetWebACL",
                    [
                        "Name": .text(parts[2]), "Id": .text(parts[3]),
                        "Scope": .text(asking.target.locator["scope"] ?? "REGIONAL"),
                    ]), at: "WebACL")
        }
    ]
}
