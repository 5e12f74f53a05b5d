import ArgumentParser
import Foundation
import OpsModel
import StackRendering

struct StackDiff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show what rendering would change, or how two environments differ.",
        discussion: """
            Without --against: the unified difference between the files on disk and what would be rendered. With it: every setting
            in which two environments differ, defaults filled in, and whether they are meant to.

            Examples:
              opsctl stack diff --env production
              opsctl stack diff --env staging --against production
              opsctl stack diff --env staging --against production --format json

            Exit codes: 0 no difference, 1 they differ, 2 a file could not be read, 78 invalid configuration.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: FormatOption
    @Option(name: .long, help: "Another environment to compare with.") var against: String?

    func run() async throws {
        let composition = try global.composition()
        let isSame = try against.map { try compare(composition, with: $0) } ?? difference(composition)
        if !isSame { throw ExitStatus.negative }
    }

    private func difference(_ composition: Composition) throws -> Bool {
        let folders = StackFolders(composition.project)
        let changes = try composition.renderPlan().entries.filter { $0.change != .unchanged }
        let report = try RenderDifference(
            environment: folders.environment,
            files: changes.map { entry in
                let old = try folders.rendered.text(of: entry.path)
                let path = "\(folders.displayRendered)/\(entry.path)"
                let text = TextDifference(from: old ?? "", to: entry.text ?? "").unified(
                    old: old == nil ? "/dev/null" : path, new: entry.text == nil ? "/dev/null" : path)
                return .init(path: path, change: entry.change, difference: text)
            })
        switch output.format {
        case .json: show(String(decoding: try canonicalJSON(report), as: UTF8.self))
        case .text: if !changes.isEmpty { show(report.files.map(\.difference).joined(separator: "\n")) }
        }
        return changes.isEmpty
    }

    private func compare(_ composition: Composition, with name: String) throws -> Bool {
        let other = try Composition(projectFolder: composition.project.folder, environmentName: name)
        let (first, second) = (try StackSettings(composition.project), try StackSettings(other.project))
        let comparison = SettingsComparison(first, second)
        switch output.format {
        case .json:
            show(
                String(
                    decoding: try canonicalJSON(
                        EnvironmentComparison(first: first.environment, second: second.environment, comparison)),
                    as: UTF8.self))
        case .text:
            var table = TextTable()
            table.add(["setting", first.environment, second.environment, "meant to differ?"])
            for each in comparison.differences {
                table.add([each.key, each.first, each.second, each.isExpected ? "yes" : "-"])
            }
            if !comparison.differences.isEmpty { show(table.text) }
            show("\(comparison.differences.count) settings differ, \(comparison.same) are the same")
        }
        return comparison.differences.isEmpty
    }
}

private struct RenderDifference: Encodable {
    struct File: Encodable {
        let path: String
        let change: RenderPlan.Change
        let difference: String
    }

    var schema = 1
    let environment: String
    let files: [File]
}

private struct EnvironmentComparison: Encodable {
    let schema = 1
    let first: String
    let second: String
    let same: Int
    let differences: [SettingsComparison.Difference]

    init(first: String, second: String, _ comparison: SettingsComparison) {
        (self.first, self.second) = (first, second)
        (same, differences) = (comparison.same, comparison.differences)
    }
}
