/// The suites of an environment, in their order.
package struct SmokePlan: Sendable, Equatable, ExpressibleByArrayLiteral {
    package struct Suite: Sendable, Equatable {
        package var name: String
        package var steps: [SmokeStep]
        /// Always run after the steps, all of them, however those ended.
        package var cleanup: [SmokeStep] = []
        /// Longest time of all steps together; cleanup has its own.
        package var deadline: Duration = Self.defaultDeadline

        package static let defaultDeadline: Duration = .seconds(600)
        /// Longest time of all cleanup steps together.
        static let cleanupDeadline: Duration = .seconds(60)

        package init(name: String, steps: [SmokeStep]) { (self.name, self.steps) = (name, steps) }
    }

    package var suites: [Suite]

    package init(_ suites: [Suite] = []) { self.suites = suites }

    package init(_ steps: [SmokeStep]) { self.init(steps.isEmpty ? [] : [Suite(name: "smoke", steps: steps)]) }

    package init(arrayLiteral elements: SmokeStep...) { self.init(elements) }

    package var isEmpty: Bool { count == 0 }
    /// Steps, without cleanup.
    package var count: Int { suites.reduce(0) { $0 + $1.steps.count } }
}
