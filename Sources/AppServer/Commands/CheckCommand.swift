import ArgumentParser
import Foundation
import OpsModel

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Judge the configuration and test every dependency once.",
        discussion: "Exit code: 0 all well or warnings only, 1 a dependency does not work, 78 configuration.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Option(help: "text or json.") var format: Format = .text

    func run() async throws {
        try await exiting {
            let configuration = try AppConfiguration.read(ProcessInfo.processInfo.environment)
            let parts = try await AppParts.assemble(configuration, logger: makeLogger(), workersRequired: false)
            let report = await parts.readiness.report()
            try parts.spool.close()
            switch format {
            case .json: print(String(decoding: try canonicalJSON(report), as: UTF8.self))
            case .text: print(text(of: report))
            }
            if report.status == .fail { throw ExitCode(ExitStatus.negative.rawValue) }
        }
    }

    private func text(of report: HealthDocument) -> String {
        let lines = report.checks.values.joined().sorted { $0.componentId < $1.componentId }.map { check in
            let name = check.componentId.padding(toLength: 12, withPad: " ", startingAt: 0)
            return "\(check.status.rawValue)  \(name) \(Int(check.observedValue)) ms  \(check.output ?? "")"
        }
        return (lines + ["", "\(report.status.rawValue): release \(report.releaseId)"]).joined(separator: "\n")
    }
}
