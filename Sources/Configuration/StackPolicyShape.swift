extension ObjectShape {
    /// `Stacks/<cloud>/policy/waivers.yaml`.
    package static let stackWaivers = ObjectShape([
        .required("version", .integer(1...1), "the format of this file: 1"),
        .optional(
            "waivers", .list(.object(stackWaiver)), "broken rules that somebody decided to live with for a while"),
    ])

    /// `Stacks/<cloud>/policy/owned.yaml`.
    package static let stackOwned = ObjectShape([
        .required("version", .integer(1...1), "the format of this file: 1"),
        .optional("owned", .list(.object(stackOwnedAttribute)), "attributes that somebody else than Terraform sets"),
    ])

    static let stackWaiver = ObjectShape([
        .required("rule", .string, "the rule, such as logs.encrypted, or several, such as service.*"),
        .required("address", .string, "addresses it is for; * stands for any text, ? for one character"),
        .optional("layer", .string, "the layer it is for; default: every layer"),
        .optional("environment", .string, "environments it is for, with * and ?; default: every environment"),
        .optional(
            "only", .choice(["unknown"]), "unknown: only while the plan does not tell yet; default: also when it does"),
        .required("reason", .string, "why, in at least 10 characters"),
        .required("owner", .string, "the person who decided"),
        .required("expires", .string, "the last day it holds, YYYY-MM-DD, at most 365 days ahead"),
    ])

    static let stackOwnedAttribute = ObjectShape([
        .required("type", .string, "type of the resource, such as aws_lb_listener"),
        .required("attribute", .string, "the attribute, or a path below it, such as default_action"),
        .required("reason", .string, "why, in at least 10 characters"),
        .required("owner", .string, "who sets it"),
    ])
}
