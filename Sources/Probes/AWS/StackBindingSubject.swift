import OpsModel

/// A server of the stack that is looked at by probes of the environment file: are there any, do they look at this server, and do
/// they demand what the stack promises?
package struct StackBindingSubject: ProbeSubject {
    package static let kind = "stack.binding"
    package static let checks: [CheckDefinition] = [
        CheckDefinition(
            "bound", "Does a probe look at the server that the stack made, as strictly as it should?",
            why: "a probe of another server would be green while this one burns", in: .review, isPosture: true)
    ]

    package struct Expectation: Codable, Sendable {
        package var environment: String
        /// The target's id in the stack.
        package var id: String
        /// The server that the stack made; nil when nobody knows, because its targets are not here.
        package var server: String?
        package var bindings: [Binding]
        /// Why nothing need be bound to it; nil: something should.
        package var exemption: String?

        package init(
            environment: String, id: String, server: String?, bindings: [Binding], exemption: String? = nil
        ) {
            (self.environment, self.id, self.server) = (environment, id, server)
            (self.bindings, self.exemption) = (bindings, exemption)
        }
    }

    /// A probe that is bound to the server.
    package struct Binding: Codable, Sendable, Equatable {
        package var probe: String
        package var server: String
        package var isStandIn: Bool
        /// What it demands less than the stack promises.
        package var weaknesses: [String]

        package init(probe: String, server: String, isStandIn: Bool, weaknesses: [String]) {
            (self.probe, self.server, self.isStandIn) = (probe, server, isStandIn)
            self.weaknesses = weaknesses
        }
    }

    /// Nothing is looked at: the bound probes do that.
    package struct Snapshot: Codable, Sendable {}

    package let expectation: Expectation

    package init(_ expectation: Expectation) { self.expectation = expectation }

    package var endpoint: String { expectation.server ?? "unknown" }
    package var hosts: [String] { [] }

    package func look(_ visit: Visit) async -> Snapshot { Snapshot() }

    package static func judge(_ snapshot: Snapshot, _ expectation: Expectation, _ sheet: inout CheckSheet) {
        guard let server = expectation.server else {
            return sheet.record(
                "bound", .unknown, observed: "the targets of the stack are not here", expected: "to compare with them",
                reason: .configuration, phase: "look", fix: "opsctl stack outputs --env \(expectation.environment)")
        }
        let expected = "a probe of \(server)"
        guard !expectation.bindings.isEmpty else {
            let isExempt = expectation.exemption != nil
            return sheet.record(
                "bound", .skipped,
                observed: expectation.exemption ?? "no probe of this environment is bound to it", expected: expected,
                fix: isExempt
                    ? nil
                    : "add `stack: \(expectation.id)` to the probe of it in environments/\(expectation.environment).yaml"
            )
        }
        let faults = expectation.bindings.flatMap { $0.faults(server) }
        sheet.expect(
            "bound", faults.isEmpty,
            observed: faults.isEmpty
                ? expectation.bindings.map(\.text).joined(separator: ", ") : faults.joined(separator: "; "),
            expected: "\(expected), no weaker than the stack promises", reason: .policy, phase: "look",
            fix: "correct the probe in environments/\(expectation.environment).yaml, or its `stack` key")
    }
}

extension StackBindingSubject.Binding {
    fileprivate var text: String { isStandIn ? "\(probe) (a stand-in, \(server))" : "\(probe) probes \(server)" }

    fileprivate func faults(_ wanted: String) -> [String] {
        if isStandIn { return [] }
        guard server == wanted else { return ["\(probe) probes \(server), but the stack's server is \(wanted)"] }
        return weaknesses.map { "\(probe) \($0)" }
    }
}

extension StackBindingSubject {
    package static var selfTest: SelfTest<StackBindingSubject> {
        SelfTest(
            expectation: Expectation(
                environment: "production", id: "postgres", server: "db.example:5432/app",
                bindings: [
                    Binding(probe: "database", server: "db.example:5432/app", isStandIn: false, weaknesses: [])
                ]), healthy: Snapshot(),
            flaws: [
                .init("bound", "the probe looks at another server") { _, expectation in
                    expectation.bindings[0].server = "old.example:5432/app"
                },
                .init("bound", "the probe does not ask for a verified certificate") { _, expectation in
                    expectation.bindings[0].weaknesses = ["does not verify the certificate"]
                },
                .init("bound", "no probe is bound to it", gives: .skipped) { _, expectation in
                    expectation.bindings = []
                },
                .init("bound", "the targets of the stack are not here", gives: .unknown) { _, expectation in
                    expectation.server = nil
                },
            ])
    }
}
