import Ledger
package import OpsModel

extension Rollout {
    /// Applies the contracting migrations of the stable release. From then on no release before it is a way back.
    /// - Throws: `DeployError.notContractible`, `LedgerError.leaseHeld`, errors of the migrations.
    package func contract(_ launch: (String) throws -> ReleaseLaunch) async throws -> (release: Release, detail: String)
    {
        try await holdingLease { lease in
            let history = try await settledHistory(verifying: true)
            guard let stable = history.stable else {
                throw DeployError.notContractible(why: "no release is stable yet")
            }
            if let open = history.open.last {
                throw DeployError.notContractible(why: "deploy \(open.id) is open at step \(open.step)")
            }
            guard var current = try launch(stable.release.name).again(stable.release) else {
                throw DeployError.changed(release: stable.release.name)
            }
            guard !current.contractArguments.isEmpty else {
                throw DeployError.notContractible(why: "app.contract names no migrations")
            }
            let route = try await stage.router.route()
            guard route.share(of: stable.slot) == Route.all else {
                throw DeployError.notContractible(why: "the route is \(route.text), not the stable release's")
            }
            let last = history.deploys.last { $0.isCommitted }
            let journal = DeployJournal(ledger: stage.ledger, deployID: last?.id ?? "contract")
            // The record first: half a contraction has cut the way back as well.
            try await journal.contracted(.init(environment: environment, release: stable.release))
            try await stage.ledger.confirm(lease)
            current.migrateArguments = current.contractArguments
            let output = try await stage.runner.migrate(current)
            return (stable.release, output.split(whereSeparator: \.isNewline).last.map(String.init) ?? "applied")
        }
    }
}
