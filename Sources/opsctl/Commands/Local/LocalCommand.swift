import ArgumentParser
import LocalServices
import OpsConfiguration
import OpsModel

struct LocalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "local", abstract: "Real Postgres, Redis, S3 and HAProxy on this machine, for trying and testing.",
        subcommands: [LocalUp.self, LocalDown.self, LocalStatus.self])
}

extension GlobalOptions {
    /// The composition of an environment that local services may belong to.
    func localComposition() throws -> Composition {
        let composition = try composition()
        guard !composition.project.isStrict else {
            let protection = composition.project.environmentFile.root.required("protection")
            throw ConfigurationError([
                protection.problem(
                    "local services belong to environments with protection: ephemeral",
                    fix: "name another environment: --env local")
            ])
        }
        return composition
    }
}

extension LocalStackReport {
    func text() -> String {
        var table = TextTable(["SERVICE", "RUNS", "ADDRESSES", "PIDS", "NOTE"])
        for service in services {
            table.add([
                service.name.rawValue, service.isRunning ? "yes" : "no", service.addresses.joined(separator: " "),
                service.pids.map(String.init).joined(separator: " "), service.note ?? "",
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
