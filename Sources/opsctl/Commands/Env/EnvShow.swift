import ArgumentParser
import HTTPClient
import OpsConfiguration
import OpsModel
import Probes

struct EnvShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "List the variables of a release: type, source and value.",
        discussion: """
            Only values that stand in the file itself are shown, and no secrets: their size, and for strong ones ten digits of
            their SHA-256, tell two environments apart.

            Examples:
              opsctl env show
              opsctl env show --env production --format json

            Exit codes: 0 shown, 78 the environment file is invalid.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: FormatOption

    private struct Listing: Encodable {
        let schema = 1
        let environment: String
        let variables: [ShownVariable]
    }

    func run() throws {
        let project = try global.composition().project
        let variables = try EnvironmentVariable.all(of: project)
        let declared = project.environmentFile.root["app"]?["environment"]?.entries ?? []
        let shown = zip(variables, declared).map { ShownVariable($0, $1.value) }
        switch output.format {
        case .json:
            let listing = Listing(environment: project.environmentName, variables: shown)
            show(String(decoding: try canonicalJSON(listing), as: UTF8.self))
        case .text:
            var table = TextTable(["VARIABLE", "TYPE", "SOURCE", "VALUE"])
            for variable in shown { table.add([variable.name, variable.type, variable.source, variable.text]) }
            show(table.text)
        }
    }
}

/// A variable as it may be printed.
struct ShownVariable: Encodable {
    let name: String
    let type: String
    /// Where the value comes from: `literal`, `env:NAME`, `file:PATH`, several with commas.
    let source: String
    let isSet: Bool
    /// nil for secrets and for what is not set.
    let value: String?
    let bytes: Int?
    /// Ten hex digits of the SHA-256 of a strong secret.
    let digest: String?
    let place: String

    private enum CodingKeys: String, CodingKey {
        case name, type, source, value, bytes, digest, place
        case isSet = "set"
    }

    init(_ variable: EnvironmentVariable, _ declared: ConfigurationValue) {
        (name, place) = (variable.name, variable.place)
        type = declared["type"]?.string ?? VariableType.string.rawValue
        source = Self.source(of: declared.required("value").string)
        let secret = variable.secret
        (isSet, bytes) = (secret != nil, secret?.byteCount)
        // A value that comes out of the environment or a file may be secret whatever its type says.
        let isOpen =
            !variable.isSecret && source == "literal"
            && secret?.reveal().firstMatch(of: #/(?i)(pass|pwd|secret|token|key)[^A-Za-z]{0,3}[:=]|:[^@\/ ]+@/#) == nil
        value = isOpen ? secret.map { Self.printable($0.reveal()) } : nil
        digest = isOpen ? nil : secret.flatMap { EnvironmentJudge(isStrict: true).digest($0, variable.form) }
    }

    private static func printable(_ text: String) -> String { text.contains("://") ? printableURL(text) : text }

    var text: String {
        if let value { return value }
        guard isSet else { return "not set" }
        return "*** \(bytes ?? 0) bytes\(digest.map { ", digest \($0)" } ?? "")"
    }

    private static func source(of text: String) -> String {
        guard case .success(let pieces) = Reference.parse(text) else { return "malformed" }
        let references = pieces.compactMap { piece -> String? in
            guard case .reference(let reference) = piece, reference.isStatic else { return nil }
            return "\(reference.kind.rawValue):\(reference.name)"
        }
        return references.isEmpty ? "literal" : references.joined(separator: ", ")
    }
}
