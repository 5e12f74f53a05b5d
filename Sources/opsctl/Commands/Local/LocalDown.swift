import ArgumentParser
import Deploy
import LocalServices
import OpsModel

struct LocalDown: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "Stop exactly what `local up` and local deploys started.",
        discussion: """
            Data, ports and secrets stay for the next `up`.

            Examples:
              opsctl local down
              opsctl local down --remove-data
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: FormatOption
    @Flag(name: .long, help: "Remove the services' data too.") var removeData = false

    func run() async throws {
        let composition = try global.composition()
        if try await LocalStack.status(root: composition.project.localPath).dataFolder != nil {
            let runner = try composition.runner()
            for slot in Slot.allCases { try await runner.stop(slot) }
        }
        let report = try await LocalStack.down(root: composition.project.localPath, removingData: removeData) {
            Story.standard.tell($0)
        }
        show(try report.render(output.format))
    }
}
