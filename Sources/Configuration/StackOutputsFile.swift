import Foundation
import OpsModel

/// The outputs of an environment's Terraform stacks, as `opsctl stack outputs` left them.
package struct StackOutputsFile: Sendable {
    package static let schema = 1
    package static let name = "outputs.json"

    /// Where opsctl keeps what it knows of an environment's stacks, relative to the project.
    package static func folder(of environment: String) -> String { ".opsctl/stacks/\(environment)" }

    struct Fault: Error {
        let why: String
        let fix: String
    }

    private let path: String
    private let display: String
    private let environment: String
    private let isCritical: Bool
    /// Where AWS is for this process, when that is not Amazon.
    private let endpoint: String?

    init(folder: String, environment: String, isCritical: Bool = false, endpoint: String? = nil) {
        (self.environment, self.isCritical) = (environment, isCritical)
        self.endpoint = endpoint.flatMap { $0.isEmpty ? nil : $0 }
        display = "\(Self.folder(of: environment))/\(Self.name)"
        path = "\(folder)/\(display)"
    }

    /// The text, number or truth value at `output.member.…`.
    func text(of name: String) -> Result<String, Fault> {
        do {
            let first = name.split(separator: ".").first.map(String.init) ?? name
            let outputs = try read(for: first)
            let path = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard let value = PlainJSON.object(outputs).value(at: path), value != .null else {
                return .failure(missing(name, outputs))
            }
            guard let text = value.scalarText, !text.isEmpty else {
                return .failure(
                    Fault(
                        why: "the output `\(name)` is not one value", fix: "name a member of it; opsctl stack outputs"))
            }
            return .success(text)
        } catch let fault as Fault {
            return .failure(fault)
        } catch {
            return .failure(Fault(why: "cannot read \(display): \(error.localizedDescription)", fix: refresh))
        }
    }

    private var refresh: String { "opsctl stack outputs --env \(environment)" }

    private func missing(_ name: String, _ outputs: [String: PlainJSON]) -> Fault {
        let names = outputs.keys.sorted()
        let first = name.split(separator: ".").first.map(String.init) ?? name
        let nearest = nearestName(to: first, among: names)
        return Fault(
            why: "the stacks have no output `\(name)`",
            fix: outputs[first] == nil && nearest != nil
                ? "did you mean ${stack:\(nearest ?? "").…}?" : "\(refresh), to see what there is")
    }

    private struct Document: Decodable {
        let schema: Int
        let environment: String
        let endpoint: String?
        let layers: [String: [String: PlainJSON]]
    }

    /// Every layer's outputs in one; `output` must be of one layer only.
    private func read(for output: String) throws -> [String: PlainJSON] {
        guard FileManager.default.fileExists(atPath: path) else {
            throw Fault(why: "the outputs of the stacks are not here: no \(display)", fix: refresh)
        }
        let document = try JSONDecoder().decode(Document.self, from: Data(contentsOf: URL(filePath: path)))
        guard document.schema == Self.schema, document.environment == environment else {
            throw Fault(why: "\(display) has another format or belongs to another environment", fix: refresh)
        }
        if isCritical, let made = document.endpoint, made != endpoint {
            throw Fault(
                why: "\(display) is of \(made), and this works against \(endpoint ?? "AWS")",
                fix: "\(refresh), or export AWS_ENDPOINT_URL=\(made)")
        }
        let layers = document.layers.filter { $0.value[output] != nil }.keys.sorted()
        guard layers.count < 2 else {
            throw Fault(
                why: "the layers \(layers.joined(separator: " and ")) both have an output `\(output)`",
                fix: "rename one of the two, apply its layer, then: \(refresh)")
        }
        return document.layers.values.reduce(into: [:]) { all, outputs in all.merge(outputs) { first, _ in first } }
    }
}
