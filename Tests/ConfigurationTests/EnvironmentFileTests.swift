import OpsConfiguration
import OpsModel
import TestSupport
import Testing

@Suite struct EnvironmentFileTests {
    @Test func namesQuotesAndCommentsAreRead() throws {
        let text = """
            # a comment
            PLAIN=value # and a comment
            export EXPORTED=yes
              INDENTED=x
            EMPTY=
            LITERAL='a "b" $c #d'
            ESCAPED="line\\nnext \\"q\\" \\$x" # end
            URL=https://h/?a=b#c
            """
        let values = try EnvironmentFile.parse(text, displayPath: ".env")
        #expect(
            values == [
                "PLAIN": "value", "EXPORTED": "yes", "INDENTED": "x", "EMPTY": "", "LITERAL": "a \"b\" $c #d",
                "ESCAPED": "line\nnext \"q\" $x", "URL": "https://h/?a=b#c",
            ])
    }

    @Test(arguments: [
        ("A=1\nB\n", 2, "no `=`"), ("A B=1\n", 1, "not a name"), ("1A=1\n", 1, "not a name"),
        ("A=1\nA=2\n", 2, "there twice"), ("A='x\n", 1, "not closed"), ("A=\"x\" y\n", 1, "behind its quote"),
    ])
    func whatIsNoAssignmentIsAnErrorAtItsLine(_ text: String, _ line: Int, _ cause: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try EnvironmentFile.parse(text, displayPath: ".env") }
        let problem = try #require(error?.problems.first)
        #expect(problem.place == ".env:\(line):1")
        #expect(problem.why.contains(cause))
    }

    @Test func aMissingFileIsAnError() {
        #expect(throws: ConfigurationError.self) {
            try EnvironmentFile.read(path: "/nowhere/.env", displayPath: ".env")
        }
    }
}
