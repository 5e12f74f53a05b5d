import StackRendering
import Testing

/// One plan, one rule, and what the rule must find.
struct PolicyCase: Sendable, CustomTestStringConvertible {
    enum Outcome: String, Sendable { case holds, broken, unknown }

    let rule: String
    let outcome: Outcome
    let because: String
    let protection: Protection
    let sample: @Sendable () -> PlanSample

    init(
        _ rule: String, _ outcome: Outcome, _ because: String, in protection: Protection = .critical,
        _ sample: @escaping @Sendable () -> PlanSample
    ) {
        (self.rule, self.outcome, self.because, self.protection, self.sample) = (
            rule, outcome, because, protection, sample
        )
    }

    var testDescription: String { "\(rule) \(outcome.rawValue): \(because)" }

    static let all = database + buckets + access + network + service + keeping + place

    /// A single resource that is there and stays as it is.
    static func resource(
        _ rule: String, _ outcome: Outcome, _ because: String, in protection: Protection = .critical, _ type: String,
        _ values: [String: any Sendable], unknown: [String: any Sendable] = [:]
    ) -> PolicyCase {
        PolicyCase(rule, outcome, because, in: protection) {
            PlanSample().with("\(type).this", unknown.isEmpty ? ["no-op"] : ["create"], after: values, unknown: unknown)
        }
    }

    /// A boolean argument: true holds, false is broken, unknown is not known.
    static func mustBeTrue(
        _ rule: String, _ type: String, _ argument: String, with others: [String: any Sendable] = [:]
    )
        -> [PolicyCase]
    {
        func values(_ value: Bool) -> [String: any Sendable] { others.merging([argument: value]) { $1 } }
        return [
            .resource(rule, .holds, "\(argument) is true", type, values(true)),
            .resource(rule, .broken, "\(argument) is false", type, values(false)),
            .resource(rule, .broken, "\(argument) is not set", type, others),
            .resource(rule, .unknown, "\(argument) is not known", type, others, unknown: [argument: true]),
        ]
    }
}
