import OpsModel
import ProcessClient

/// `terraform test` of one module: its own runs, with a provider that is made up.
struct ModuleCheck: Sendable {
    let module: String
    let terraform: Terraform
    let folder: String
    /// The module's folder as it is printed.
    let display: String

    private var name: String { "module \(module)" }

    func run() async -> StackCheck {
        do {
            let start = try await terraform.run(
                ["init", "-backend=false", "-input=false", "-no-color"], in: folder, timeout: .seconds(600))
            guard start.status == 0 else { return inconclusive("terraform init", lastLines(start.errors)) }
            let result = try await terraform.run(["test", "-no-color"], in: folder, timeout: .seconds(600))
            guard let counts = result.output.firstMatch(of: #/([0-9]+) passed, ([0-9]+) failed/#) else {
                return inconclusive("terraform test", lastLines(result.errors + result.output))
            }
            guard result.status == 0, counts.1 != "0" else { return failed(result, passed: counts.1, failed: counts.2) }
            return StackCheck(name, .pass, "\(counts.1) runs")
        } catch {
            return inconclusive("terraform", (error as? any DiagnosableError)?.diagnostic.why ?? "\(error)")
        }
    }

    private func failed(_ result: CommandResult, passed: Substring, failed: Substring) -> StackCheck {
        let why = lastLines(result.errors.isEmpty ? result.output : result.errors, 20)
        return StackCheck(
            name, .fail, "\(passed) runs passed, \(failed) failed",
            findings: [.init(place: "\(display)/tests", what: "terraform test", why: why)],
            fix: "terraform -chdir=\(display) init -backend=false && terraform -chdir=\(display) test")
    }

    private func inconclusive(_ step: String, _ why: String) -> StackCheck {
        StackCheck(
            name, .inconclusive, "\(step) could not look",
            findings: [.init(place: display, what: "\(step) could not look", why: why)], fix: "opsctl doctor")
    }
}
