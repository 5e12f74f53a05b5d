import OpsModel
import ProcessClient

/// `terraform init` and `terraform validate` of one layer.
struct LayerCheck: Sendable {
    let layer: StackLayer
    let terraform: Terraform
    let folder: String
    /// The layer's folder as it is printed.
    let display: String

    func run() async -> StackCheck {
        do {
            let start = try await terraform.run(
                ["init", "-backend=false", "-input=false", "-no-color", "-json"], in: folder, timeout: .seconds(600))
            let messages = TerraformMessages(lines: start.output)
            guard start.status == 0 else { return judge(messages, start, "terraform init") }
            let result = try await terraform.run(
                ["validate", "-no-color", "-json"], in: folder, timeout: .seconds(300))
            guard let answer = TerraformMessages(document: result.output) else {
                return inconclusive("terraform validate", why: lastLines(result.errors + result.output))
            }
            guard result.status == 0 else { return judge(answer, result, "terraform validate") }
            return StackCheck(layer.rawValue, .pass, "valid", findings: answer.findings(in: display))
        } catch {
            let diagnostic = (error as? any DiagnosableError)?.diagnostic
            return inconclusive("terraform", why: diagnostic?.why ?? "\(error)", fix: diagnostic?.fix)
        }
    }

    private func judge(_ messages: TerraformMessages, _ result: CommandResult, _ step: String) -> StackCheck {
        guard messages.hasFaultyFile || messages.hasMissingModule else {
            let error = messages.findings(in: display).first { $0.severity == .error }
            let why = error.map { "\($0.what): \($0.why)" } ?? lastLines(result.errors + result.output)
            return inconclusive(step, why: why)
        }
        let findings = messages.findings(in: display)
        let count = findings.count { $0.severity == .error }
        return StackCheck(
            layer.rawValue, .fail, "\(count) error\(count == 1 ? "" : "s")", findings: findings,
            fix: "correct the file named above; rendered files by way of their environment file")
    }

    private func inconclusive(_ step: String, why: String, fix: String? = nil) -> StackCheck {
        StackCheck(
            layer.rawValue, .inconclusive, "\(step) could not look",
            findings: [StackCheck.Finding(place: display, what: "\(step) could not look", why: why)],
            fix: fix
                ?? "give Terraform the provider hashicorp/aws \(StackRenderer.providerVersion): reach "
                + "registry.terraform.io, or set OPSCTL_TERRAFORM_MIRROR to a folder made by `terraform providers mirror`"
        )
    }
}
