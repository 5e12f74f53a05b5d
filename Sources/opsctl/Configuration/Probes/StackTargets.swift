import AWSClient
import Foundation
import OpsConfiguration
import OpsModel
import Probes

/// What the modules of the stack promise, from `.opsctl/stacks/<environment>/targets.json`: `stack apply` writes it.
struct StackTargets {
    let targets: [StackTarget]
    /// The emulator that the stack was applied to; nil: AWS.
    let endpoint: String?
    private let account: String
    private let region: String
    private let source: StackSource

    static func path(_ project: Project) -> String { ".opsctl/stacks/\(project.environmentName)/targets.json" }

    /// - Returns: nil when there is no file.
    /// - Throws: `ConfigurationError` that names target and key.
    init?(_ project: Project) throws {
        let path = Self.path(project)
        source = StackSource(path: path, environment: project.environmentName)
        guard project.hasFile(path) else { return nil }
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: project.absolute(path)))
        } catch {
            throw source.error("", "it cannot be read", fix: "ls -l \(path)")
        }
        let root = try StackValue(parsing: data, source: source)
        guard try root.integer("schema") == 1 else { throw root.error("opsctl reads schema 1 of this file") }
        guard try root.text("environment") == project.environmentName else {
            throw root.error("it is of the environment `\(try root.text("environment"))`")
        }
        (account, region) = (try root.text("account_id"), try root.text("region"))
        endpoint = try root["endpoint"]?.text()
        guard let list = root["targets"] else { throw root.error("the key `targets` is missing") }
        let isEmulator = endpoint != nil
        targets = try list.elements().map { try StackTarget($0, isEmulator: isEmulator) }
        guard !targets.isEmpty else { throw list.error("there are no targets") }
        try refuseRepetition(in: list)
        try refuseStrangers(project)
    }

    private func refuseRepetition(in list: StackValue) throws {
        let repeated = Dictionary(grouping: targets, by: \.name).first { $0.value.count > 1 }
        if let name = repeated?.key { throw list.error("the target `\(name)` is there twice") }
    }

    /// Another account's targets, and endpoints where no emulator belongs.
    private func refuseStrangers(_ project: Project) throws {
        guard account.wholeMatch(of: #/[0-9]{12}/#) != nil else {
            throw source.error("account_id", "`\(account)` is no account")
        }
        if let declared = project.environmentFile.root["stack"]?["account_id"], declared.string != account {
            throw source.error("account_id", "it is of account \(account), the environment's is \(declared.string)")
        }
        guard let endpoint else { return }
        let host = URLComponents(string: endpoint)?.host ?? ""
        let isLocal = ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host)
        guard endpoint.hasPrefix("http"), isLocal || project.protection != "critical" else {
            throw source.error("endpoint", "a critical environment is not probed at \(host)")
        }
    }

    /// All targets as probes: what AWS is asked about, and the servers that the environment's probes are bound to.
    func probes(project: Project, profile: ProbeProfile, bound: [StackBinding]) throws -> [ProbeTarget] {
        let variables = project.variables
        let endpoints = try access { try AWSEndpoints(environment: variables, fallback: endpoint) }
        let access = AWSAccess(environment: variables, endpoints: endpoints, account: account)
        for binding in bound { try binding.refuseStranger(among: targets) }
        let account = AWSExpectation(
            environment: project.environmentName, region: region, id: account, locator: ["account": account],
            settings: [:])
        let first = target("stack.account", AWSSubject<Account>(account, access: access), project, profile, needs: [])
        return try [first]
            + targets.map { element in
                switch element.content {
                case .aws(let aws):
                    let expectation = aws.expectation(environment: project.environmentName, region: region)
                    return target(
                        element.name, aws.kind.subject(expectation, access), project, profile, needs: [first.name])
                case .wire(let wire):
                    let subject = try wire.subject(
                        element.id, bound: bound.filter { $0.id == element.id }, project: project,
                        isEmulator: endpoint != nil)
                    return target(element.name, subject, project, profile, needs: [])
                }
            }
    }

    private func target(
        _ name: String, _ subject: any ProbeSubject, _ project: Project, _ profile: ProbeProfile, needs: [String]
    ) -> ProbeTarget {
        ProbeTarget(
            name: name, subject: subject, timeout: .seconds(30), plan: CheckPlan(profile: profile),
            retry: RetryRule(attempts: 2), needs: needs, place: StackTargets.path(project))
    }

    /// An error about AWS's variables as one about the configuration.
    private func access<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as AWSError {
            throw ConfigurationError([
                ConfigurationProblem(
                    place: "environment", keyPath: "AWS_ENDPOINT_URL", why: error.diagnostic.why,
                    fix: "export AWS_ENDPOINT_URL=https://HOST, or unset it")
            ])
        }
    }
}
