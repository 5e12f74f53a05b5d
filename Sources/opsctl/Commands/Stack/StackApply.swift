import ArgumentParser
import Foundation
import OpsModel
import StackRendering

struct StackApply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Apply a bundle of plans, exactly as it was planned.",
        discussion: """
            Refuses what is not exactly what was planned, what the policy refuses, previews, and anything beside an open deploy.
            After each layer Terraform plans once more, and that plan must be empty. Then the outputs are kept for probes and
            references. Killing opsctl leaves Terraform running to its end; `stack status` says how it went.

            Examples:
              opsctl stack apply production-20261123T010203Z-a1b2c3 --yes
              opsctl stack apply production-20261123T010203Z-a1b2c3 --partial --yes   # leave its previews out
              opsctl stack apply production-20261123T010203Z-a1b2c3 --dry-run         # would it be applied?
              opsctl stack apply --env staging --all-waves --yes                      # plan and apply, wave by wave

            Exit codes: 0 applied, 1 a layer failed or is not as planned, 2 could not look, 3 refused, 4 the bundle was tampered
            with, 5 an operator must look: Terraform ended without a word, 78 invalid configuration, 130 interrupted.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: FormatOption
    @Argument(help: "Id of the bundle, as `stack plan` printed it.") var plan: String?
    @Flag(name: .long, help: "Plan and apply until nothing is left, one wave after the other.") var allWaves = false
    @Flag(name: .long, help: "Apply the exact layers of a bundle that also has previews.") var partial = false
    @Flag(name: .long, help: "Write changes made by hand into the state where Terraform would not undo them.")
    var acceptDrift = false
    @Option(name: .long, help: "Oldest plan that is applied, such as 30m.") var maxAge = "60m"
    @Flag(name: .long, help: "Say whether it would be applied, and change nothing.") var dryRun = false
    @Flag(name: .long, help: "Do not ask; needed outside ephemeral environments.") var yes = false

    func validate() throws {
        guard (plan == nil) == allWaves else { throw ValidationError("give the id of a plan, or --all-waves") }
        guard Duration(text: maxAge) != nil else { throw ValidationError("--max-age takes a duration such as 30m") }
        if allWaves && dryRun {
            throw ValidationError("--all-waves has no plan yet to say anything about: leave out --dry-run")
        }
    }

    func run() async throws {
        var global = global
        global.env = global.env ?? plan.flatMap(Self.environment)
        let composition = try global.composition()
        let consent = ApplyGate.Consent(
            maximumAge: Duration(text: maxAge) ?? .zero, takesPart: partial || allWaves, acceptsDrift: acceptDrift,
            isAgreed: yes || dryRun)
        let applying = StackApplying(composition: composition, consent: consent, format: output.format)
        let (plan, dryRun) = (plan, dryRun)
        try await interruptible {
            if let plan { try await applying.apply(plan, dryRun: dryRun) } else { try await applying.applyAllWaves() }
        }
    }

    /// A bundle's id begins with the name of its environment.
    static func environment(of id: String) -> String? {
        id.wholeMatch(of: #/(.+)-[0-9]{8}T[0-9]{6}Z-[0-9a-f]{6}/#).map { String($0.1) }
    }
}
