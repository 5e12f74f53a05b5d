import OpsModel

/// What variables must be to each other, and to other environments.
extension EnvironmentJudge {
    func rules(among variables: [EnvironmentVariable]) -> [CheckResult] {
        let byName = Dictionary(variables.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        return variables.filter { $0.secret != nil }.flatMap { variable in
            let missing = variable.needs.filter { byName[$0]?.secret == nil }
            let equal = variable.differsFrom.filter { other in
                byName[other]?.secret?.reveal() == variable.secret?.reveal()
            }
            var results: [CheckResult] = []
            if !variable.needs.isEmpty {
                let wanted = variable.needs.joined(separator: ", ")
                results.append(
                    rule(
                        variable, "needs", missing.isEmpty,
                        observed: missing.isEmpty ? wanted : "no value: \(missing.joined(separator: ", "))",
                        expected: "values of \(wanted)", reason: .configuration,
                        fix: "give \(missing.joined(separator: ", ")) a value, or remove \(variable.name)"))
            }
            if !variable.differsFrom.isEmpty {
                results.append(
                    rule(
                        variable, "differs", equal.isEmpty,
                        observed: equal.isEmpty
                            ? "another value" : "the same value as \(equal.joined(separator: ", "))",
                        expected: "another value than \(variable.differsFrom.joined(separator: ", "))", reason: .policy,
                        fix: "give \(variable.name) a value of its own"))
            }
            return results
        }
    }

    /// Two variables of type secret must not share a value.
    func sharedSecrets(among variables: [EnvironmentVariable]) -> [CheckResult] {
        var owners: [String: String] = [:]
        var results: [CheckResult] = []
        for variable in variables {
            guard case .secret = variable.form, let secret = variable.secret else { continue }
            if let owner = owners[secret.reveal()] {
                results.append(
                    rule(
                        variable, "unique", false, observed: "the same value as \(owner)",
                        expected: "a value of its own",
                        reason: .policy, fix: "openssl rand -hex 32"))
            }
            owners[secret.reveal()] = variable.name
        }
        return results
    }

    /// A secret of another environment must not be used in this one. What could not be read there is `unknown`.
    func distinctness(of variables: [EnvironmentVariable]) -> [CheckResult] {
        context.others.flatMap { other in
            variables.filter(\.isSecret).compactMap { variable -> CheckResult? in
                guard let mine = variable.secret else { return nil }
                let expected = "another value than in \(other.environment)"
                guard let values = other.values, let theirs = values[variable.name] else {
                    return CheckResult(
                        check: "environment.\(variable.name).distinct", target: "environment", status: .unknown,
                        observed: "\(other.environment) gives no value here", expected: expected,
                        reason: .configuration,
                        phase: "look", fix: "run it where the values of \(other.environment) can be read too")
                }
                return rule(
                    variable, "distinct", theirs.reveal() != mine.reveal(),
                    observed: theirs.reveal() != mine.reveal() ? "another value" : "the value of \(other.environment)",
                    expected: expected, reason: .policy, fix: "openssl rand -hex 32")
            }
        }
    }

    func forbidden(among variables: [EnvironmentVariable]) -> [CheckResult] {
        context.forbidden.map { name in
            let declared = variables.first { $0.name == name && $0.secret != nil }
            return CheckResult(
                check: "environment.\(name).forbidden", target: "environment", status: declared == nil ? .pass : .fail,
                observed: declared == nil ? "not there" : "declared", expected: "no such variable",
                reason: declared == nil ? nil : .policy, phase: "look",
                fix: declared.map { "remove it (\($0.place))" })
        }
    }

    private func rule(
        _ variable: EnvironmentVariable, _ suffix: String, _ holds: Bool, observed: String, expected: String,
        reason: CheckReason, fix: String
    ) -> CheckResult {
        CheckResult(
            check: "environment.\(variable.name).\(suffix)", target: "environment", status: holds ? .pass : .fail,
            observed: observed, expected: expected, reason: holds ? nil : reason, phase: "look",
            fix: holds ? nil : "\(fix) (\(variable.place))")
    }

    func faultOfPattern(_ secret: Secret, _ variable: EnvironmentVariable) -> EnvironmentFault? {
        guard let pattern = variable.pattern else { return nil }
        do {
            let isMatch = try Regex(pattern).wholeMatch(in: secret.reveal()) != nil
            return isMatch
                ? nil
                : EnvironmentFault(
                    .configuration, "it does not match /\(pattern)/", fix: "correct the value of \(variable.name)")
        } catch {
            return EnvironmentFault(
                .configuration, "/\(pattern)/ is no regular expression", fix: "correct the pattern of \(variable.name)")
        }
    }

    /// Placeholders are meant to be replaced: a secret that stands in the example file is known to everybody.
    func faultOfExample(_ secret: Secret, _ variable: EnvironmentVariable) -> EnvironmentFault? {
        guard variable.isSecret, context.examples.values.contains(secret.reveal()) else { return nil }
        return EnvironmentFault(.policy, "the value of the example file", fix: "openssl rand -hex 32")
    }
}

extension EnvironmentVariable {
    /// Whether the value, or a part of it, must be kept from others.
    package var isSecret: Bool {
        switch form {
        case .secret, .postgresURL, .redisURL, .base64, .hex: true
        case .string, .integer, .number, .boolean, .duration, .port, .path, .url, .bucketURL, .listen, .email, .host,
            .json, .choice:
            false
        }
    }
}
