/// What a drill would do, from its settings alone: nothing is asked, started or written.
package struct DrillPlan: Encodable, Sendable {
    package struct Step: Encodable, Sendable {
        package let step: String
        package let what: String
    }
    package let schema = 1
    package let drill: String
    package let environment: String
    /// How the backup is made; nil where there is no choice.
    package let method: String?
    package let steps: [Step]
}
