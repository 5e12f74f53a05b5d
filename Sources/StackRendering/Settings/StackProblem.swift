/// One thing wrong with the settings, at a key below `stack`.
package struct StackProblem: Sendable, Equatable {
    /// Dotted, for example `postgres.multi_az`; a number is an element of a list.
    package let key: String
    package let why: String
    package let fix: String
}

/// How careful commands are with an environment.
package enum Protection: String, Sendable, CaseIterable { case ephemeral, standard, critical }
