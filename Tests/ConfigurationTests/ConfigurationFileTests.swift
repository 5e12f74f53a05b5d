import OpsConfiguration
import OpsModel
import Testing

@Suite struct ConfigurationFileTests {
    private func problems(_ text: String) -> [ConfigurationProblem] {
        do {
            _ = try ConfigurationFile(
                text: text, path: "/p/environments/x.yaml", displayPath: "environments/x.yaml", shape: .environment)
            return []
        } catch { return error.problems }
    }

    private let head = "version: 1\nprotection: ephemeral\n"

    @Test func aFaultlessFileHasNoProblem() {
        #expect(problems(head + "probes:\n  - name: web\n    http: {url: 'http://x/'}\n").isEmpty)
    }

    @Test(arguments: [
        ("deplyo:\n  slots: {}\n", "environments/x.yaml:3:1", "deplyo", "did you mean `deploy`?"),
        ("probes: []\n", "environments/x.yaml:3:1", "probes", "add an element, or remove the key"),
        (
            "probes:\n  - name: a\n    http: {url: u, statsu: [200]}\n", "environments/x.yaml:5:20",
            "probes[0].http.statsu", "did you mean `status`?"
        ),
        (
            "probes:\n  - name: a\n    http: {url: u, status: [99]}\n", "environments/x.yaml:5:29",
            "probes[0].http.status[0]", "write a status such as 200, 2xx, 200-299"
        ),
        (
            "probes:\n  - name: a\n    http: {url: u, within: soon}\n", "environments/x.yaml:5:20",
            "probes[0].http.within", "write a duration such as 250ms, 10s, 5m"
        ),
        ("probes:\n  - name: a\n", "environments/x.yaml:4:5", "probes[0]", "keep exactly one of them"),
        ("probes:\n  - name: a\n    http: {}\n", "environments/x.yaml:5:5", "probes[0].http", "add `url`: URL to ask"),
    ])
    func everyFaultHasItsPlaceKeyPathAndFix(_ text: String, _ place: String, _ keyPath: String, _ fix: String) throws {
        let problem = try #require(problems(head + text).first)
        #expect(problem.place == place)
        #expect(problem.keyPath == keyPath)
        #expect(problem.fix == fix)
    }

    @Test func aRepeatedKeyIsAnErrorAtItsSecondLine() throws {
        let problem = try #require(problems("version: 1\nprotection: ephemeral\nversion: 1\n").first)
        #expect(problem.place == "environments/x.yaml:3:1")
        #expect(problem.why == "the key `version` is there twice")
    }

    @Test(arguments: ["", "- a\n- b\n", "version: [1\n", "just text\n", "version: 1\n\tprotection: x\n"])
    func whatIsNoMappingIsRefusedWithAPlace(_ text: String) throws {
        let problem = try #require(problems(text).first)
        #expect(problem.place.hasPrefix("environments/x.yaml:"))
    }

    @Test func allProblemsAreReportedTogether() {
        #expect(problems("version: 2\nprotection: none\nfoo: 1\n").count == 3)
    }

    @Test func wrongProtectionNamesTheChoices() throws {
        let problem = try #require(problems("version: 1\nprotection: critcal\n").first)
        #expect(problem.fix == "write critical")
    }

    @Test(arguments: [(ObjectShape.project, "project"), (.environment, "environment")])
    func aMissingFileNamesTheSchemaOfItsKind(_ shape: ObjectShape, _ kind: String) throws {
        let error = #expect(throws: ConfigurationError.self) {
            _ = try ConfigurationFile(path: "/nowhere/x.yaml", displayPath: "x.yaml", shape: shape)
        }
        #expect(try #require(error).problems[0].fix == "create it; opsctl schema --of \(kind) describes its form")
    }

    @Test func aChoiceWithoutChoicesIsAProblem() throws {
        let text = "app: {artifact: a, environment: {X: {type: choice, value: a}}}\n"
        #expect(problems(head + text).map(\.fix) == ["add `choices`"])
        #expect(problems(head + text.replacing("value: a", with: "value: a, choices: [a]")).isEmpty)
    }
}
