import ArgumentParser
import LocalServices
import OpsModel

struct LocalStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show which local services run.",
        discussion: """
            Examples:
              opsctl local status
              opsctl local status --format json

            Exit codes: 0 all run, 1 one does not.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: FormatOption

    func run() async throws {
        let report = try await LocalStack.status(root: try global.localComposition().project.localPath)
        show(try report.render(output.format))
        if !report.isRunning { throw ExitStatus.negative }
    }
}
