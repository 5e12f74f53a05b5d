import Cryptography
import OpsModel
import Probes

/// SARIF 2.1.0 (OASIS), for findings about security posture only: the rules are the posture checks of all kinds, the
/// results are those that did not hold. Fingerprints are stable, so that an alert closes itself.
enum SARIF {
    static func document(_ report: ProbeReport) throws -> String {
        let definitions = probeKinds.flatMap { kind in
            kind.checks.filter(\.isPosture).map { (id: "\(kind.kind).\($0.name)", check: $0) }
        }
        let rules = definitions.map { entry in
            Rule(
                id: entry.id, name: entry.id, shortDescription: Text(entry.check.question),
                fullDescription: Text(entry.check.why))
        }
        let ids = Set(definitions.map(\.id))
        let results = report.targets.flatMap { target in
            target.checks.filter {
                [.fail, .warn].contains($0.status) && ids.contains("\(target.kind).\($0.shortName)")
            }
            .map { result($0, target, report.environment) }
        }
        let log = Log(
            runs: [Run(tool: Tool(driver: Driver(rules: rules)), results: results)])
        return String(decoding: try canonicalJSON(log), as: UTF8.self)
    }

    private static func result(_ check: CheckResult, _ target: ProbeReport.Target, _ environment: String) -> Result {
        let parts = (target.place ?? "").split(separator: ":").map(String.init)
        let region = parts.count == 3 ? Region(startLine: Int(parts[1]) ?? 1, startColumn: Int(parts[2]) ?? 1) : nil
        let location = parts.first.map { file in
            [Location(physicalLocation: PhysicalLocation(artifactLocation: Artifact(uri: file), region: region))]
        }
        return Result(
            ruleId: "\(target.kind).\(check.shortName)", level: check.status == .fail ? "error" : "warning",
            message: Text(
                "\(check.check): \(check.observed); expected \(check.expected)\(check.fix.map { ". Fix: \($0)" } ?? "")"
            ),
            locations: location ?? [],
            partialFingerprints: ["opsctlCheck/v1": hex(sha256("\(environment)/\(check.check)".utf8))])
    }

    struct Log: Encodable {
        let schema = "https://json.schemastore.org/sarif-2.1.0.json"
        let version = "2.1.0"
        let runs: [Run]

        private enum CodingKeys: String, CodingKey {
            case version, runs
            case schema = "$schema"
        }
    }
    struct Run: Encodable {
        let tool: Tool
        let results: [Result]
    }
    struct Tool: Encodable { let driver: Driver }
    struct Driver: Encodable {
        let name = "opsctl"
        let rules: [Rule]
    }
    struct Rule: Encodable {
        let id: String
        let name: String
        let shortDescription: Text
        let fullDescription: Text
    }
    struct Text: Encodable {
        let text: String
        init(_ text: String) { self.text = text }
    }
    struct Result: Encodable {
        let ruleId: String
        let level: String
        let message: Text
        let locations: [Location]
        let partialFingerprints: [String: String]
    }
    struct Location: Encodable { let physicalLocation: PhysicalLocation }
    struct PhysicalLocation: Encodable {
        let artifactLocation: Artifact
        let region: Region?
    }
    struct Artifact: Encodable { let uri: String }
    struct Region: Encodable {
        let startLine: Int
        let startColumn: Int
    }
}
