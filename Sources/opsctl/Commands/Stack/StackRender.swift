import ArgumentParser
import OpsConfiguration
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
              opsctl stack render --all --check                            # every environment with stacks

            Exit codes: 0 written or fresh, 1 --check found stale files, 2 a file could not be read or written,
            3 refused: files edited by hand, 78 invalid configuration.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: FormatOption
    @Flag(name: .long, help: "Every environment that has a section `stack`.") var all = false
    @Flag(name: .long, help: "Write nothing; exit 1 when anything is stale.") var check = false
    @Flag(name: .long, help: "Print what would change and write nothing.") var dryRun = false
    @Flag(name: .long, help: "Replace files that were edited by hand and delete ones that opsctl did not write.")
    var force = false

    func validate() throws {
        if check && force { throw ValidationError("--check writes nothing: leave out --force") }
        if all && global.env != nil { throw ValidationError("give --env or --all") }
    }

    func run() async throws {
        let compositions = try all ? allEnvironments() : [global.composition()]
        let reports = try await inOrder(compositions) { try render($0) }
        switch output.format {
        case .json where all: show(String(decoding: try canonicalJSON(reports), as: UTF8.self))
        case .json: for report in reports { show(String(decoding: try canonicalJSON(report), as: UTF8.self)) }
        case .text: for report in reports { show(all ? report.line : report.text(hasColor: resultHasColor)) }
        }
        try leave(reports)
    }

    private func allEnvironments() throws -> [Composition] {
        let first = try Project.names(folder: global.project)
        let all = try first.names.map { try Composition(projectFolder: first.folder, environmentName: $0) }
        return all.filter { $0.project.environmentFile.root["stack"] != nil }
    }

    private func render(_ composition: Composition) throws -> RenderReport {
        let folders = StackFolders(composition.project)
        let found = try composition.renderPlan()
        let plan = force ? found.forced : found
        let isWritten = plan.refused.isEmpty && !check && !dryRun
        if isWritten { try folders.rendered.apply(plan) }
        return RenderReport(plan, folders: folders, isWritten: isWritten)
    }

    private func leave(_ reports: [RenderReport]) throws {
        let stale = reports.filter(\.isStale)
        let refused = reports.filter { ($0.counts[RenderPlan.Change.refused.rawValue] ?? 0) > 0 }
        if check, !stale.isEmpty {
            for report in stale { Story.standard.tell("stale; run: opsctl stack render --env \(report.environment)") }
            throw ExitStatus.negative
        }
        guard !check, !refused.isEmpty else { return }
        for report in refused {
            Story.standard.tell(
                "refused, nothing was written; move the edits into environments/\(report.environment).yaml or a module, "
                    + "then: opsctl stack render --env \(report.environment) --force")
        }
        throw ExitStatus.refused
    }

    /// Results in the order of the environments, which are worked on side by side.
    private func inOrder(
        _ compositions: [Composition], _ body: @escaping @Sendable (Composition) throws -> RenderReport
    ) async throws -> [RenderReport] {
        try await withThrowingTaskGroup(of: (Int, RenderReport).self) { group in
            for (index, composition) in compositions.enumerated() { group.addTask { (index, try body(composition)) } }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}

struct RenderReport: Encodable, Sendable {
    struct File: Encodable, Sendable {
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

    var isStale: Bool { files.contains { $0.change != .unchanged } }

    /// One line for one of many environments.
    var line: String {
        let counts = RenderPlan.Change.allCases.map { "\(self.counts[$0.rawValue] ?? 0) \($0.word)" }
        return "\(environment): \(counts.joined(separator: ", "))"
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
