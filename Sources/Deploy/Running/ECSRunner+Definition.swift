import AWSClient
import Cryptography
import Foundation
import OpsModel

extension ECSRunner {
    /// Members of a task definition that registering takes, of those that describing answers.
    private static let kept = [
        "containerDefinitions", "cpu", "enableFaultInjection", "ephemeralStorage", "executionRoleArn",
        "inferenceAccelerators",
        "ipcMode", "memory", "networkMode", "pidMode", "placementConstraints", "proxyConfiguration",
        "requiresCompatibilities", "runtimePlatform", "taskRoleArn", "volumes",
    ]

    /// Registers the template with the release's image, arguments and environment. - Returns: the ARN of the revision.
    ///
    /// The environment's values go to Secrets Manager; the definition, which many may read, holds references to one version.
    func register(_ launch: ReleaseLaunch, part: String, slot: Slot, command: [String]) async throws -> String {
        let image = try launch.image()
        let template = try await template()
        let references = try await keep(launch, part: part, slot: slot)
        var members: [String: PlainJSON] = [:]
        for name in Self.kept { members[name] = template[name] }
        members["containerDefinitions"] = .list(
            try containers(template) { container in
                container["image"] = .string(image)
                if !command.isEmpty { container["command"] = .list(command.map(PlainJSON.string)) }
                // A variable must not be there twice.
                for member in ["environment", "secrets"] {
                    container[member] = .list(
                        (container[member]?.elements ?? []).filter {
                            references[$0["name"]?.scalarText ?? ""] == nil
                        })
                }
                let own = references.sorted { $0.key < $1.key }
                    .map { PlainJSON.object(["name": .string($0.key), "valueFrom": .string($0.value)]) }
                container["secrets"] = .list((container["secrets"]?.elements ?? []) + own)
            })
        // A family of its own: the template's newest revision must stay the template.
        members["family"] = .string("\(template["family"]?.scalarText ?? settings.service)-\(part)")
        let answer = try await ask("RegisterTaskDefinition", members)
        guard let arn = answer.value(at: ["taskDefinition", "taskDefinitionArn"])?.scalarText else {
            throw ECSError.template(name: settings.template, why: "it was registered without an ARN")
        }
        return arn
    }

    private func template() async throws -> PlainJSON {
        let answer = try await ask("DescribeTaskDefinition", ["taskDefinition": .string(settings.template)])
        guard let template = answer["taskDefinition"] else {
            throw ECSError.template(name: settings.template, why: "an answer without one")
        }
        return template
    }

    private func containers(
        _ template: PlainJSON, _ change: (inout [String: PlainJSON]) -> Void
    ) throws(ECSError) -> [PlainJSON] {
        var isFound = false
        let containers = (template["containerDefinitions"]?.elements ?? []).map { element in
            guard case .object(var container) = element, element["name"]?.scalarText == settings.container else {
                return element
            }
            isFound = true
            change(&container)
            return .object(container)
        }
        guard isFound else {
            throw .template(name: settings.template, why: "it has no container `\(settings.container)`")
        }
        return containers
    }

    /// Writes the environment as one secret, and returns what each variable's `valueFrom` says: `ARN:KEY::VERSION` (ECS
    /// developer guide, "Pass Secrets Manager secrets through environment variables").
    private func keep(_ launch: ReleaseLaunch, part: String, slot: Slot) async throws -> [String: String] {
        let variables = launch.variables(slot: slot, port: settings.port)
        guard !variables.isEmpty else { return [:] }
        let text = String(decoding: try canonicalJSON(variables), as: UTF8.self)
        let release = launch.release
        let version = hex(
            sha256("\(part) \(release.name) \(release.artifactDigest) \(release.configurationDigest)".utf8))
        let name = "\(settings.secretPrefix)/\(settings.service)/\(part)"
        var members: [String: PlainJSON] = [
            "SecretId": .string(name), "SecretString": .string(text), "ClientRequestToken": .string(version),
        ]
        let answer: PlainJSON
        do {
            answer = try await place.session().askPlain(.plain(.secretsmanager, "PutSecretValue", members))
        } catch AWSError.absent {
            members["SecretId"] = nil
            members["Name"] = .string(name)
            answer = try await place.session().askPlain(.plain(.secretsmanager, "CreateSecret", members))
        }
        guard let arn = answer["ARN"]?.scalarText else {
            throw AWSError.unreadable(action: "secretsmanager:PutSecretValue", why: "an answer without an ARN")
        }
        return Dictionary(uniqueKeysWithValues: variables.keys.map { ($0, "\(arn):\($0)::\(version)") })
    }
}
