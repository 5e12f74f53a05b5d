let secretsRule = PolicyRule(
    "secrets.in_state", on: Set(secretArguments.keys).union(generators.keys).union(["aws_elasticache_user"]),
    says: PolicyText(
        "no secret's value is known to Terraform", why: "it stands in clear in the state and in every plan",
        fix: "secret_string_wo or value_wo, with an ephemeral value; IAM in place of passwords and access keys",
        reference: "CWE-312")
) { secret, _ in
    if let output = generators[secret.type] {
        return secret.isEncrypted ? [] : [.broken("its \(output) stands in the state")]
    }
    // Of a type that is not known yet it may be a secret.
    let isPlain = ["String", "StringList"].contains(secret.values.known("type").string)
    if secret.type == "aws_ssm_parameter", isPlain { return [] }
    return (secretArguments[secret.type] ?? []).flatMap { argument in
        secret.values.at(argument).isUnknown || !secret.values.at(argument).value.isNothing
            ? secret.faults(argument, .absent).map(\.withoutValue) : []
    } + (secret.type == "aws_elasticache_user" ? nestedPasswordFaults(secret) : [])
}

private let secretArguments = [
    "aws_secretsmanager_secret_version": ["secret_string", "secret_binary"], "aws_ssm_parameter": ["value"],
    "aws_elasticache_user": ["passwords"], "aws_elasticache_replication_group": ["auth_token"],
]

/// Resources whose purpose is a secret, and where it stands.
private let generators = [
    "aws_iam_access_key": "secret", "random_password": "result", "tls_private_key": "private_key_pem",
]

extension PolicyResource {
    /// An access key that is handed over under somebody's PGP key is not in clear.
    fileprivate var isEncrypted: Bool {
        type == "aws_iam_access_key" && (values.at("pgp_key").isUnknown || !values.known("pgp_key").value.isAbsent)
    }
}

extension PlanValue? {
    fileprivate var isAbsent: Bool { self?.isNothing ?? true }
}

/// Passwords inside `authentication_mode`: the files say whether there are any where the provider marks all as sensitive.
private func nestedPasswordFaults(_ user: PolicyResource) -> [PolicyFault] {
    if let blocks = user.declaration?["expressions"]?["authentication_mode"]?.elements {
        let isSet = blocks.contains { $0["passwords"].map { $0["constant_value"] != .null } ?? false }
        return isSet ? [.broken("authentication_mode.passwords is set, expected nothing")] : []
    }
    if user.values.known("authentication_mode.0.password_count").value?.integer == 0 { return [] }
    let passwords = user.values.at("authentication_mode.0.passwords")
    if passwords.isUnknown { return [.unknown("authentication_mode.passwords is known only after apply")] }
    return passwords.value.isNothing ? [] : [.broken("authentication_mode.passwords is set, expected nothing")]
}

extension PolicyFault {
    /// For arguments whose value is a secret, also where Terraform does not mark it.
    var withoutValue: PolicyFault {
        guard !isUnknown, let argument = reason.split(separator: " ").first else { return self }
        return .broken("\(argument) is set, expected nothing")
    }
}
