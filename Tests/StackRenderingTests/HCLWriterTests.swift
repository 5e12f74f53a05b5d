import Foundation
import ProcessClient
import StackRendering
import TestSupport
import Testing

@Suite struct HCLWriterTests {
    static let literals: [(text: String, literal: String)] = [
        ("plain", #""plain""#),
        ("", #""""#),
        (#"say "hi""#, #""say \"hi\"""#),
        (#"C:\new"#, #""C:\\new""#),
        ("two\nlines\r\n\tindented", #""two\nlines\r\n\tindented""#),
        ("${var.secret}", #""$${var.secret}""#),
        ("%{ if true }", #""%%{ if true }""#),
        ("$${kept}", #""$$${kept}""#),
        ("$ 100 % {x}", #""$ 100 % {x}""#),
        ("ends in $", #""ends in $""#),
        ("bell \u{7}, delete \u{7F}", #""bell \u0007, delete \u007f""#),
        ("Zürich 東京 👩‍🔧", #""Zürich 東京 👩‍🔧""#),
    ]

    @Test(arguments: literals)
    func textIsEscapedIntoALiteral(_ sample: (text: String, literal: String)) {
        #expect(HCLWriter.quoted(sample.text) == sample.literal)
    }

    @Test(.enabled(if: findExecutable("terraform") != nil, "terraform is not installed"))
    func terraformReadsBackExactlyTheTextThatWasWritten() async throws {
        try await withScratchDirectory { folder in
            var writer = HCLWriter()
            for (index, sample) in Self.literals.enumerated() {
                writer.block(HCLBlock("output", ["o\(index)"], [.attribute(HCLField("value", .string(sample.text)))]))
            }
            try writer.text.write(toFile: "\(folder)/main.tf", atomically: true, encoding: .utf8)
            try await terraform(["init", "-input=false"], in: folder)
            try await terraform(["apply", "-auto-approve", "-input=false"], in: folder)
            let json = try await terraform(["output", "-json"], in: folder)
            struct Output: Decodable { let value: String }
            let outputs = try JSONDecoder().decode([String: Output].self, from: Data(json.utf8))
            for (index, sample) in Self.literals.enumerated() { #expect(outputs["o\(index)"]?.value == sample.text) }
        }
    }

    @Test func equalSignsShareAColumnUntilAValueSpansLines() {
        var writer = HCLWriter()
        writer.block(
            HCLBlock(
                "module", ["x"],
                [
                    .attribute(HCLField("a", .integer(1))),
                    .attribute(HCLField("long", .boolean(true))),
                    .attribute(
                        HCLField(
                            "tags", .object([HCLField("k", .string("v")), HCLField("two words", .string("w"))]))),
                    .attribute(HCLField("none", .object([]))),
                    .blankLine,
                    .attribute(HCLField("list", .list([.string("a"), .expression("var.b")]))),
                    .block(HCLBlock("inner", [], [.attribute(HCLField("z", .call("toset", .list([]))))])),
                ]))
        #expect(
            writer.text == """
                module "x" {
                  a    = 1
                  long = true
                  tags = {
                    k           = "v"
                    "two words" = "w"
                  }
                  none = {}

                  list = ["a", var.b]
                  inner {
                    z = toset([])
                  }
                }

                """)
    }
}

@discardableResult
private func terraform(_ arguments: [String], in folder: String) async throws -> String {
    var environment = ProcessInfo.processInfo.environment
    environment["TF_CLI_CONFIG_FILE"] = nil
    environment["CHECKPOINT_DISABLE"] = "1"
    let command = Command("terraform", arguments, environment: environment, workingDirectory: folder)
    return try await runCommand(command, timeout: .seconds(60)).checked(command).output
}
