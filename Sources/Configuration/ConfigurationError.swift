package import OpsModel

/// One thing wrong with a configuration file.
package struct ConfigurationProblem: Sendable, Equatable {
    /// `file:line:column`.
    package let place: String
    /// Dotted path of keys, for example `deploy.bake.duration`.
    package let keyPath: String
    package let why: String
    package let fix: String

    package init(place: String, keyPath: String, why: String, fix: String) {
        (self.place, self.keyPath, self.why, self.fix) = (place, keyPath, why, fix)
    }
}

/// Everything wrong with the files that were read; never empty.
package struct ConfigurationError: DiagnosableError, Equatable {
    package let problems: [ConfigurationProblem]

    package init(_ problems: [ConfigurationProblem]) {
        precondition(!problems.isEmpty)
        self.problems = problems
    }

    package var diagnostic: Diagnostic { diagnostics[0] }

    package var diagnostics: [Diagnostic] {
        problems.map { problem in
            Diagnostic(
                "configuration.invalid",
                what: problem.keyPath.isEmpty ? "invalid configuration" : "invalid configuration at \(problem.keyPath)",
                place: problem.place, why: problem.why, fix: problem.fix)
        }
    }
}
