import ArgumentParser
import OpsModel
import StackRendering

struct StackRender: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render", abstract: "Write an environment's Terraform files from its section `stack`.",
        discussion: """
            Prints one line per file: + created, ~ updated, = unchanged, - deleted (no longer rendered), ! refused. A file that
            was edited by hand, or that opsctl did not write, is refused, and then nothing at all is written.

            Examples:
              opsctl stack render --env production
              opsctl stack render --env production --dry-run
              opsctl stack render --env production --check --format json   # in CI: are the committed files fresh?
              opsctl stack render --env production --force                 # replace what was edited by hand

            Exit codes: 0 written or fresh, 1 --check found stale files, 2 a file could not be read or written,
            3 refused: files edited by hand, 78 invalid configuration.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: FormatOption
    @Flag(name: .long, help: "Write nothing; exit 1 when anything is stale.") var check = false
    @Flag(name: .long, help: "Print what would change and write nothing.") var dryRun = false
    @Flag(name: .long, help: "Replace files that were edited by hand and delete ones that opsctl did not write.")
    var force = false

    func validate() throws {
        if check && force { throw ValidationError("--check writes nothing: leave out --force") }
    }

    func run() async throws {
        let composition = try global.composition()
        let folders = StackFolders(composition.project)
        let found = try composition.renderPlan()
        let plan = force ? found.forced : found
        let isWritten = plan.refused.isEmpty && !check && !dryRun
        if isWritten { try folders.rendered.apply(plan) }
        let report = RenderReport(plan, folders: folders, isWritten: isWritten)
        switch output.format {
        case .json: show(String(decoding: try canonicalJSON(report), as: UTF8.self))
        case .text: show(report.text(hasColor: resultHasColor))
        }
        if check, plan.isStale {
            Story.standard.tell("stale; run: opsctl stack render --env \(folders.environment)")
            throw ExitStatus.negative
        }
        if !check, !plan.refused.isEmpty {
            Story.standard.tell(
                "refused, nothing was written; move the edits into environments/\(folders.environment).yaml or a module, "
                    + "then: opsctl stack render --env \(folders.environment) --force")
            throw ExitStatus.refused
        }
    }
}

struct RenderReport: Encodable {
    struct File: Encodable {
        let path: String
        let change: RenderPlan.Change
        let reason: String?
    }

    let schema = 1
    let environment: String
    let folder: String
    let written: Bool
    let files: [File]
    let counts: [String: Int]

    init(_ plan: RenderPlan, folders: StackFolders, isWritten: Bool) {
        (environment, folder, written) = (folders.environment, folders.displayRendered, isWritten)
        files = plan.entries.map { File(path: $0.path, change: $0.change, reason: $0.reason) }
        let changes = plan.entries.map(\.change)
        counts = Dictionary(
            uniqueKeysWithValues: RenderPlan.Change.allCases.map { change in
                (change.rawValue, changes.count { $0 == change })
            })
    }

    func text(hasColor: Bool) -> String {
        let lines = files.map { file in
            "\(file.change.symbol(hasColor: hasColor)) \(folder)/\(file.path)" + (file.reason.map { "  (\($0))" } ?? "")
        }
        let counts = RenderPlan.Change.allCases.map { "\(self.counts[$0.rawValue] ?? 0) \($0.word)" }
        return (lines + ["", counts.joined(separator: ", ")]).joined(separator: "\n")
    }
}

extension RenderPlan.Change {
    func symbol(hasColor: Bool) -> String {
        switch self {
        case .create: Color.green.paint("+", isOn: hasColor)
        case .update: Color.yellow.paint("~", isOn: hasColor)
        case .unchanged: Color.dim.paint("=", isOn: hasColor)
        case .delete: Color.red.paint("-", isOn: hasColor)
        case .refused: Color.red.paint("!", isOn: hasColor)
        }
    }

    fileprivate var word: String {
        switch self {
        case .create: "created"
        case .update: "updated"
        case .unchanged: "unchanged"
        case .delete: "deleted"
        case .refused: "refused"
        }
    }
}
