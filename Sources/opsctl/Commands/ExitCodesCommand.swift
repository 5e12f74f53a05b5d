import ArgumentParser
import OpsModel

struct ExitCodesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exit-codes", abstract: "Print the table of exit codes.",
        discussion: "The same table holds for every command:\n\n\(table)")

    static var table: String {
        ExitStatus.allCases.map { status in
            let code = String(status.rawValue)
            return "  " + String(repeating: " ", count: 3 - code.count) + code + "  " + status.meaning
        }.joined(separator: "\n")
    }

    func run() { show(Self.table) }
}
