import OpsModel
import Probes
import Testing

@Suite struct EnvironmentJudgeTests {
    private let strong = "9f2c4b7e1d8a6035c4e7f9021b3d5a687c8e9f0a1b2c3d4e5f60718293a4b5c6"

    private func judge(_ form: EnvironmentVariable.Form, _ value: String, isStrict: Bool = true) -> CheckResult {
        let variable = EnvironmentVariable(name: "X", form: form, value: .present(Secret(value)), place: "f.yaml:1:1")
        return EnvironmentJudge(isStrict: isStrict).judge([variable])[0]
    }

    @Test func aRandomSecretOf256BitsPasses() {
        #expect(judge(.secret(minimumBits: 256), strong).status == .pass)
    }

    @Test(arguments: [
        "changeme", "CHANGE-ME-please", "short", "0000000000000000000000000000000000000000000000000000000000000000",
        "abcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabc", "9f2c4b7e1d8a6035c4e7f9021b3d5a68",
        "-",
    ])
    func weakOrKnownSecretsFailAndAreNotQuoted(_ value: String) {
        let result = judge(.secret(minimumBits: 256), value)
        #expect(result.status == .fail)
        if value.count > 3 { #expect(!"\(result)".contains(value)) }
    }

    @Test(arguments: [
        ("postgresql://app:K3kfj29dkfj39dk2jd@db/app?sslmode=verify-full", CheckStatus.pass),
        ("postgresql://app:K3kfj29dkfj39dk2jd@db/app?sslmode=require", .fail),
        ("postgresql://app:K3kfj29dkfj39dk2jd@db/app", .fail),
        ("postgresql://postgres:postgres@db/app?sslmode=verify-full", .fail),
        ("postgresql://app:app@db/app?sslmode=verify-full", .fail),
        ("mysql://app@db/app", .fail), ("nonsense", .fail),
    ])
    func postgresURLsAreParsedAndJudged(_ url: String, _ status: CheckStatus) {
        #expect(judge(.postgresURL, url).status == status)
    }

    @Test func ephemeralEnvironmentsMayUseWeakerTLSButNoDefaultPassword() {
        #expect(
            judge(.postgresURL, "postgresql://app:K3kfj29dkfj39dk2jd@db/app?sslmode=require", isStrict: false).status
                == .pass)
        #expect(judge(.postgresURL, "postgresql://app:password@db/app", isStrict: false).status == .fail)
    }

    @Test(arguments: [
        ("rediss://app:K3kfj29dkfj39dk2jd@cache:6379/0", CheckStatus.pass),
        ("redis://app:K3kfj29dkfj39dk2jd@cache:6379/0", .fail),
        ("rediss://cache:6379/0", .fail), ("rediss://app:redis@cache/0", .fail),
    ])
    func redisURLsAreParsedAndJudged(_ url: String, _ status: CheckStatus) {
        #expect(judge(.redisURL, url).status == status)
    }

    @Test(arguments: [
        (EnvironmentVariable.Form.integer, "12", "1.5"), (.boolean, "true", "yes"), (.duration, "30s", "30"),
        (.port, "8080", "70000"),
        (.url, "https://x/", "ftp://x/"), (.bucketURL, "s3://b?region=r", "gs://b"), (.listen, "127.0.0.1:80", "80"),
        (.choice(["a", "b"]), "a", "c"),
    ])
    func everyTypeHasAGoodAndABadValue(_ form: EnvironmentVariable.Form, _ good: String, _ bad: String) {
        #expect(judge(form, good).status == .pass)
        #expect(judge(form, bad).status == .fail)
    }

    @Test func aMissingVariableFailsWithItsFix() {
        let variable = EnvironmentVariable(
            name: "X", form: .string, value: .missing(why: "the environment variable X is not set", fix: "export X=…"),
            place: "f.yaml:3:5")
        let result = EnvironmentJudge(isStrict: true).judge([variable])[0]
        #expect(result.status == .fail)
        #expect(result.fix == "export X=… (f.yaml:3:5)")
    }

    @Test func twoVariablesMustNotShareASecret() {
        let variables = ["A", "B"].map {
            EnvironmentVariable(
                name: $0, form: .secret(minimumBits: 256), value: .present(Secret(strong)), place: "f.yaml:1:1")
        }
        let failed = EnvironmentJudge(isStrict: true).judge(variables).filter { $0.status == .fail }
        #expect(failed.map(\.check) == ["environment.B.unique"])
    }

    @Test(arguments: [
        (EnvironmentVariable.Form.url, "http://x/"), (.bucketURL, "s3://b?region=r&endpoint=http://store:9000"),
        (.postgresURL, "postgresql://app@db/app?sslmode=verify-full"),
        (.secret(minimumBits: 0), "9f2c4b7e1d8a6035"),
    ])
    func whatAnEphemeralEnvironmentMayDoAStrictOneMayNot(_ form: EnvironmentVariable.Form, _ value: String) {
        #expect(judge(form, value, isStrict: false).status == .pass)
        #expect(judge(form, value).status == .fail)
    }

    @Test func aStrictSecretSaysWhatItNeeds() {
        #expect(judge(.secret(minimumBits: 1), "9f2c4b7e1d8a6035").expected == "a secret of at least 128 bits")
        #expect(judge(.bucketURL, "s3://b?region=r&endpoint=https://store").status == .pass)
    }

    @Test(arguments: [
        (EnvironmentVariable.Form.secret(minimumBits: 256), "changeme${slot:color}"),
        (.postgresURL, "postgresql://app:app@db/app_${slot:color}?sslmode=verify-full"),
        (.listen, "127.0.0.1${slot:port}"), (.integer, "${release:name}"),
    ])
    func whatSurroundsAReferenceIsJudged(_ form: EnvironmentVariable.Form, _ value: String) {
        #expect(judge(form, value).status == .fail)
    }

    @Test func aReferenceCountsAsAValueOfItsKind() {
        #expect(judge(.listen, "127.0.0.1:${slot:port}").status == .pass)
        #expect(judge(.port, "${slot:port}").status == .pass)
    }

    @Test(arguments: [
        ("the quick brown fox jumps over the lazy dog and then goes home", "about 124 bits"),
        ("qwzjkfhxmvbtlrpndgysacoieu", "about 122 bits"),
    ])
    func wordsAndLettersCountLessThanRandomBytes(_ value: String, _ observed: String) {
        #expect(judge(.secret(minimumBits: 128), value).observed == observed)
    }
}
