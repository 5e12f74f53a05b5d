import Foundation
import ProcessClient
import TestSupport
import Testing

struct StackGraphCommandTests {
    private func git(_ arguments: [String], in folder: String) async throws {
        let command = Command(
            "git", ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"] + arguments,
            workingDirectory: folder)
        _ = try await runCommand(command, timeout: .seconds(60)).checked(command)
    }

    /// What `graph --changed HEAD` prints once `file` lies in the stacks, unknown to git.
    private func changed(by file: String?, _ format: String = "text") async throws -> String {
        try await ProjectCopy.with { project in
            for arguments in [["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "x"]] {
                try await git(arguments, in: project.folder)
            }
            if let file { try project.write("# new\n", to: "Stacks/aws/\(file)") }
            let result = try await project.opsctl("stack", "graph", "--changed", "HEAD", "--format", format)
            #expect(result.status == 0, "\(result.errors)")
            return result.output
        }
    }

    @Test func aFileThatGitDoesNotKnowTouchesItsLayer() async throws {
        let text = try await changed(by: "modules/identity/new.tf")
        #expect(text.contains("identity  (module identity changed)"))
        #expect(!text.contains("storage"))
    }

    @Test func nothingIsTouchedWhereNothingChanged() async throws {
        #expect(try await changed(by: nil) == "no layer is touched\n")
    }

    @Test(arguments: ["text", "json", "dot", "mermaid"])
    func bootstrapIsToldThoughItIsInNoWave(_ format: String) async throws {
        #expect(try await changed(by: "modules/bootstrap/new.tf", format).contains("bootstrap"))
    }
}
