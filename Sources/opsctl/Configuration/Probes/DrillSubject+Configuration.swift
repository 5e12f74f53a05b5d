import Ledger
import OpsConfiguration
import Probes

extension DrillSubject {
    init(_ value: ConfigurationValue, project: Project) {
        let name = value.required("name").string
        let environment = project.environmentName
        self.init(drill: name, environment: environment) {
            // Looking must not make a ledger: without one no drill was ever recorded.
            guard let ledger = try await project.ledgerPlace().openIfThere() else { return nil }
            return try await lastGoodDrill(name, environment: environment, in: ledger)
        }
    }
}
