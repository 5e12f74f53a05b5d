import Foundation
import OpsModel
import ProcessClient

/// A policy engine of others that looks at the same plans: its findings are told beside ours, and hold no gate by themselves.
package enum OutsideJudge: Sendable {
    /// <https://www.checkov.io>, its rules for Terraform plans.
    case checkov
    /// <https://www.conftest.dev> with the Rego rules of a folder.
    case conftest(policies: String)

    package struct Finding: Codable, Sendable, Equatable {
        package let engine: String
        package let layer: String
        package let rule: String
        package let address: String
        package let what: String
    }

    private var program: String {
        switch self {
        case .checkov: "checkov"
        case .conftest: "conftest"
        }
    }

    private var install: String {
        switch self {
        case .checkov: "pip install checkov"
        case .conftest: "https://www.conftest.dev/install"
        }
    }

    /// - Parameter plan: path of a redacted plan's JSON.
    /// - Throws: `StackError.outsideJudge` when it is missing, does not run or answers something else.
    package func judge(_ plan: String, layer: String) async throws -> [Finding] {
        guard let path = findExecutable(program) else {
            throw StackError.outsideJudge(program: program, why: "it is not installed", fix: install)
        }
        let result = try await runCommand(
            Command(path, arguments(plan)), timeout: .seconds(600), outputLimit: 64 << 20)
        // Both leave with 1 when a rule is broken.
        guard [0, 1].contains(result.status) else {
            throw StackError.outsideJudge(
                program: program, why: lastLines(result.errors + result.output), fix: "run it by hand on \(plan)")
        }
        do { return try findings(Data(result.output.utf8), layer: layer) } catch {
            throw StackError.outsideJudge(
                program: program, why: "its answer is not the JSON it writes: \(lastLines(result.errors, 3))",
                fix: "run it by hand on \(plan)")
        }
    }

    private func arguments(_ plan: String) -> [String] {
        switch self {
        case .checkov:
            ["-f", plan, "--framework", "terraform_plan", "-o", "json", "--skip-download", "--quiet", "--compact"]
        case .conftest(let policies): ["test", "--policy", policies, "--all-namespaces", "--output", "json", plan]
        }
    }

    /// What the program's JSON says.
    func findings(_ json: Data, layer: String) throws -> [Finding] {
        switch self {
        case .checkov:
            return try CheckovAnswer.read(json).flatMap(\.failed).map { check in
                Finding(
                    engine: program, layer: layer, rule: check.id, address: check.resource, what: check.name ?? "")
            }
        case .conftest:
            return try JSONDecoder().decode([ConftestAnswer].self, from: json).flatMap { answer in
                (answer.failures ?? []).map { failure in
                    Finding(
                        engine: program, layer: layer, rule: answer.namespace ?? "main", address: "", what: failure.msg)
                }
            }
        }
    }
}

/// One report of checkov; it writes a list of them when several frameworks had something to say.
private struct CheckovAnswer: Decodable {
    struct Check: Decodable {
        let id: String
        let name: String?
        let resource: String

        private enum CodingKeys: String, CodingKey {
            case resource
            case id = "check_id"
            case name = "check_name"
        }
    }
    struct Results: Decodable {
        let failed: [Check]
        private enum CodingKeys: String, CodingKey { case failed = "failed_checks" }
    }

    let results: Results?
    /// Only there when nothing was looked at; then it must say that there was nothing.
    let resourceCount: Int?

    private enum CodingKeys: String, CodingKey {
        case results
        case resourceCount = "resource_count"
    }

    var failed: [Check] { results?.failed ?? [] }

    static func read(_ json: Data) throws -> [CheckovAnswer] {
        let decoder = JSONDecoder()
        let isList = json.first { !UInt8.isBlank($0) } == UInt8(ascii: "[")
        let answers =
            try isList
            ? decoder.decode([CheckovAnswer].self, from: json) : [decoder.decode(CheckovAnswer.self, from: json)]
        for answer in answers where answer.results == nil && answer.resourceCount == nil {
            throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "neither results nor a count"))
        }
        return answers
    }
}

private struct ConftestAnswer: Decodable {
    struct Failure: Decodable { let msg: String }
    let namespace: String?
    let failures: [Failure]?
}

extension UInt8 {
    fileprivate static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
