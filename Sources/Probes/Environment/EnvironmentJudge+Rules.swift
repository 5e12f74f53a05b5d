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

    /// No secret of another environment must be used in this one, under whatever name. Where both are read from the same variable
    /// of this process, nothing can be said of it.
    func distinctness(of variables: [EnvironmentVariable]) -> [CheckResult] {
        context.others.flatMap { other in
            variables.filter { $0.isSecret && $0.secret != nil }.map { distinctness(of: $0, from: other) }
        }
    }

    private func distinctness(
        of variable: EnvironmentVariable, from other: (environment: String, variables: [EnvironmentVariable])
    ) -> CheckResult {
        let suffix = "distinct_from_\(other.environment)"
        let expected = "no secret of \(other.environment)"
        let theirs = other.variables.filter(\.isSecret)
        let comparable = theirs.filter { $0.secret != nil && $0.sources.isDisjoint(with: variable.sources) }
        if let same = comparable.first(where: { $0.secret?.reveal() == variable.secret?.reveal() }) {
            return rule(
                variable, suffix, false, observed: "the value of \(same.name) in \(other.environment)",
                expected: expected, reason: .policy, fix: "openssl rand -hex 32")
        }
        let twin = theirs.first { $0.name == variable.name }
        guard twin == nil || comparable.contains(where: { $0.name == variable.name }) else {
            let shared = twin.map { $0.sources.intersection(variable.sources).sorted() } ?? []
            return CheckResult(
                check: "environment.\(variable.name).\(suffix)", target: "environment", status: .unknown,
                observed: shared.isEmpty
                    ? "its value in \(other.environment) cannot be read here"
                    : "both are read from \(shared.joined(separator: ", ")) here",
                expected: expected, reason: .configuration, phase: "look",
                fix: "read \(other.environment)'s value from a source of its own: ${env:OTHER_NAME} or ${file:PATH}")
        }
        return rule(
            variable, suffix, true, observed: "another value", expected: expected, reason: .policy, fix: "")
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
