import Foundation
import Ledger
import OpsConfiguration
import Probes

extension DrillSubject {
    init(_ value: ConfigurationValue, project: Project) {
        let name = value.required("name").string
        let (path, environment) = (project.ledgerPath, project.environmentName)
        self.init(drill: name, environment: environment) {
            // Looking must not make a ledger: without one no drill was ever recorded.
            guard FileManager.default.fileExists(atPath: path) else { return nil }
            return try await lastGoodDrill(name, environment: environment, in: try await Ledger.open(path: path))
        }
    }
}
