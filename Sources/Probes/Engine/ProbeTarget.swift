package import OpsModel

/// One dependency to look at, and how.
package struct ProbeTarget: Sendable {
    package let name: String
    package let subject: any ProbeSubject
    /// Limit for everything that is looked at on this target; removing a canary may take as long again.
    package let timeout: Duration
    package var plan: CheckPlan
    package var retry: RetryRule
    /// Names of targets that must not fail before this one is looked at.
    package var needs: [String]
    /// `file:line:column` of its declaration.
    package var place: String?

    package init(
        name: String, subject: any ProbeSubject, timeout: Duration, plan: CheckPlan = CheckPlan(profile: .deployGate),
        retry: RetryRule = RetryRule(), needs: [String] = [], place: String? = nil
    ) {
        (self.name, self.subject, self.timeout, self.plan) = (name, subject, timeout, plan)
        (self.retry, self.needs, self.place) = (retry, needs, place)
    }

    package var kind: String { type(of: subject).kind }
    package var endpoint: String { subject.endpoint }
    /// Every check of its kind, asked for or not.
    package var definitions: [CheckDefinition] { type(of: subject).checks }
    /// The checks that its plan asks for, in the order of the report.
    package var askedDefinitions: [CheckDefinition] { definitions.filter { plan.includes($0) } }
    package var checkNames: [String] { askedDefinitions.map { "\(name).\($0.name)" } }
}

/// How often a target is looked at again while a failure may pass.
package struct RetryRule: Codable, Sendable, Equatable {
    /// Looks in all; 1 means no second one.
    package var attempts: Int
    /// Pause before the second look; grows by 1.6 with up to 25 % jitter, to at most 500 ms or this, whichever is longer.
    package var pauseMilliseconds: Int64
    /// No look begins later than this after the first.
    package var deadlineMilliseconds: Int64

    package init(attempts: Int = 1, pause: Duration = .milliseconds(100), deadline: Duration = .seconds(30)) {
        self.attempts = attempts
        (pauseMilliseconds, deadlineMilliseconds) = (pause.milliseconds, deadline.milliseconds)
    }
}
