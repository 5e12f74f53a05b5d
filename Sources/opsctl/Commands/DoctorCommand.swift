import ArgumentParser
import OpsModel
import ProcessClient

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Show which programs opsctl can use, at which version, and how to install the rest.",
        discussion: """
            Examples:
              opsctl doctor
              opsctl doctor --format json

            Exit codes: 0 everything needed is there, 1 something is missing.
            """)

    @OptionGroup var output: FormatOption

    struct Report: Encodable {
        struct Tool: Encodable {
            let name: String
            let neededFor: String
            let path: String?
            let version: String?
            let fix: String?
            let isOptional: Bool

            private enum CodingKeys: String, CodingKey {
                case name, path, version, fix
                case neededFor = "needed_for"
                case isOptional = "is_optional"
            }
        }
        let schema = 1
        let tools: [Tool]
    }

    func run() async throws {
        let tools = await withTaskGroup(of: (Int, Report.Tool).self) { group in
            for (index, tool) in Tool.all.enumerated() { group.addTask { (index, await tool.look()) } }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
        switch output.format {
        case .json: show(String(decoding: try canonicalJSON(Report(tools: tools)), as: UTF8.self))
        case .text: show(text(tools))
        }
        if tools.contains(where: { $0.path == nil && !$0.isOptional }) { throw ExitStatus.negative }
    }

    private func text(_ tools: [Report.Tool]) -> String {
        var table = TextTable(["PROGRAM", "VERSION", "NEEDED FOR"])
        for tool in tools {
            table.add([tool.name, tool.path == nil ? "missing" : tool.version ?? "not readable", tool.neededFor])
        }
        let missing = tools.filter { $0.path == nil }
        let fixes = Set(missing.compactMap(\.fix)).sorted()
        return table.text
            + (missing.isEmpty
                ? "\n\neverything is there"
                : "\n\n\(missing.count) missing; install with:\n  \(fixes.joined(separator: "\n  "))")
    }
}

/// A program that opsctl runs.
private struct Tool: Sendable {
    let name: String
    var arguments = ["--version"]
    let neededFor: String
    let fix: String
    var isOptional = false

    private static func apt(_ package: String) -> String {
        "sudo apt-get install -y --no-install-recommends \(package)"
    }

    static let all: [Tool] = [
        Tool(name: "postgres", neededFor: "local up", fix: apt("postgresql")),
        Tool(name: "redis-server", neededFor: "local up", fix: apt("redis-server")),
        Tool(name: "radosgw", neededFor: "local up", fix: apt("radosgw ceph-mon ceph-osd ceph-common")),
        Tool(name: "ceph-mon", neededFor: "local up", fix: apt("radosgw ceph-mon ceph-osd ceph-common")),
        Tool(name: "ceph-osd", neededFor: "local up", fix: apt("radosgw ceph-mon ceph-osd ceph-common")),
        Tool(name: "setpriv", neededFor: "local up", fix: apt("util-linux")),
        Tool(name: "haproxy", arguments: ["-v"], neededFor: "local up, deploy", fix: apt("haproxy")),
        Tool(name: "openssl", arguments: ["version"], neededFor: "local up", fix: apt("openssl")),
        Tool(
            name: "terraform", arguments: ["version"], neededFor: "stack validate",
            fix: "see https://developer.hashicorp.com/terraform/install", isOptional: true),
    ]

    func look() async -> DoctorCommand.Report.Tool {
        guard let path = findExecutable(name) else { return report(path: nil, version: nil) }
        do {
            let result = try await runCommand(Command(path, arguments), timeout: .seconds(10))
            let lines = (result.output + result.errors).split(whereSeparator: \.isNewline)
            return report(
                path: path,
                version: lines.lazy.compactMap { $0.firstMatch(of: #/\d+\.\d+(\.\d+)?/#).map { String($0.0) } }.first)
        } catch {
            return report(path: path, version: nil)
        }
    }

    private func report(path: String?, version: String?) -> DoctorCommand.Report.Tool {
        .init(
            name: name, neededFor: neededFor, path: path, version: version, fix: path == nil ? fix : nil,
            isOptional: isOptional)
    }
}
