import ArgumentParser
import LocalServices
import OpsModel

struct LocalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "local", abstract: "Real Postgres, Redis, S3 and HAProxy on this machine, for trying and testing.",
        subcommands: [LocalUp.self, LocalDown.self, LocalStatus.self])
}

extension LocalStackReport {
    func text() -> String {
        var table = TextTable(["SERVICE", "RUNS", "ADDRESSES", "PIDS"])
        for service in services {
            table.add([
                service.name.rawValue, service.isRunning ? "yes" : "no", service.addresses.joined(separator: " "),
                service.pids.map(String.init).joined(separator: " "),
            ])
        }
        return table.text
    }

    func render(_ format: OutputFormat) throws -> String {
        switch format {
        case .text: text()
        case .json: String(decoding: try canonicalJSON(self), as: UTF8.self)
        }
    }
}
