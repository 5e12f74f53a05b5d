import OpsModel

extension AWSSubject {
    /// The examples of the settings make the healthy snapshot, and their flaws break it.
    static func awsSelfTest() -> SelfTest<AWSSubject> {
        let locator = Dictionary(Kind.locators.map { ($0, "example") }, uniquingKeysWith: { first, _ in first })
        let examples = Dictionary(Kind.settings.map { ($0.key, $0.example) }, uniquingKeysWith: { first, _ in first })
        let denied = AWSSilence(
            reason: .authorization, message: "the credentials may not ask", fix: "grant it to the role that probes")
        var snapshot = AWSSnapshot(existence: .seen(true))
        snapshot.settings = examples.mapValues { .seen($0) }
        return SelfTest(
            expectation: AWSExpectation(
                environment: "production", region: "eu-central-1", id: "example", locator: locator,
                settings: examples),
            healthy: snapshot,
            flaws: [
                .init("exists", "AWS knows no such resource") { snapshot, _ in snapshot.existence = .seen(false) },
                .init("exists", "the credentials may not ask", gives: .unknown) { snapshot, _ in
                    snapshot.existence = .untold(denied)
                },
            ] + Kind.settings.flatMap { flaws(of: $0, denied) })
    }

    private static func flaws(of setting: AWSSetting, _ denied: AWSSilence) -> [SelfTest<AWSSubject>.Flaw] {
        [
            .init(setting.key, setting.flaw.what, gives: setting.isGrave ? .fail : .warn) { snapshot, _ in
                snapshot.settings[setting.key] = .seen(setting.flaw.value)
            },
            .init(setting.key, "the credentials may not ask for it", gives: .unknown) { snapshot, _ in
                snapshot.settings[setting.key] = .untold(denied)
            },
        ]
    }
}
