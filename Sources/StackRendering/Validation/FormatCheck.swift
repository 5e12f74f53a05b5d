import OpsModel
import ProcessClient

/// `terraform fmt -check` of modules and rendered files.
struct FormatCheck: Sendable {
    let terraform: Terraform
    let copy: StackCopy
    let display: String

    init(_ terraform: Terraform, _ copy: StackCopy, display: String) {
        (self.terraform, self.copy, self.display) = (terraform, copy, display)
    }

    func run() async -> StackCheck {
        do {
            let result = try await terraform.run(
                ["fmt", "-check", "-recursive", "-list=true", "-no-color"], in: copy.root, timeout: .seconds(60))
            switch result.status {
            case 0: return StackCheck("format", .pass, "as terraform fmt writes it")
            case 3: return unformatted(result.output)
            default: return unreadable(result)
            }
        } catch {
            let why = (error as? any DiagnosableError)?.diagnostic.why ?? "\(error)"
            return StackCheck(
                "format", .inconclusive, "terraform fmt could not look",
                findings: [.init(place: display, what: "terraform fmt could not look", why: why)],
                fix: "run by hand: terraform fmt -check -recursive \(display)")
        }
    }

    private func unformatted(_ output: String) -> StackCheck {
        let files = output.split(whereSeparator: \.isNewline).filter { $0.hasSuffix(".tf") || $0.hasSuffix(".hcl") }
        return StackCheck(
            "format", .fail, "\(files.count) file\(files.count == 1 ? "" : "s") in another form",
            findings: files.map { .init(place: "\(display)/\($0)", what: "not in canonical form") },
            fix: "terraform fmt -recursive \(display)")
    }

    /// Status 2: a file that does not parse, named on stderr.
    private func unreadable(_ result: CommandResult) -> StackCheck {
        let places = result.errors.matches(of: #/on (\S+) line ([0-9]+)/#).map { "\(display)/\($0.1):\($0.2)" }
        let why = lastLines(result.errors, 8)
        guard !places.isEmpty else {
            return StackCheck(
                "format", .inconclusive, "terraform fmt could not look",
                findings: [.init(place: display, what: "terraform fmt could not look", why: why)],
                fix: "run by hand: terraform fmt -check -recursive \(display)")
        }
        return StackCheck(
            "format", .fail, "not HCL", findings: places.map { .init(place: $0, what: "does not parse", why: "") },
            fix: "correct the file named above")
    }
}
