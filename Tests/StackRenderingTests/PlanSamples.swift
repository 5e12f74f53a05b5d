import Foundation
import StackRendering

/// A plan as `terraform show -json` writes it, built from what a test is about.
struct PlanSample {
    var document: [String: Any] = [
        "format_version": "1.2", "terraform_version": "1.11.4", "complete": true, "errored": false,
    ]
    private var resources: [[String: Any]] = []
    private var drift: [[String: Any]] = []

    /// Adds a resource. `type.name` is its address unless `module` or `index` says more.
    func with(
        _ address: String, _ actions: [String] = ["no-op"], before: [String: Any]? = nil, after: [String: Any]? = nil,
        unknown: [String: Any] = [:], sensitive: [String: Any] = [:], more: [String: Any] = [:],
        change: [String: Any] = [:]
    ) -> PlanSample {
        var copy = self
        copy.resources.append(
            Self.resource(
                address, actions, before: before ?? (actions == ["no-op"] ? after : nil), after: after,
                unknown: unknown, sensitive: sensitive, more: more, change: change))
        return copy
    }

    func drifted(
        _ address: String, _ actions: [String] = ["update"], before: [String: Any], after: [String: Any]?,
        sensitive: [String: Any] = [:]
    ) -> PlanSample {
        var copy = self
        copy.drift.append(
            Self.resource(
                address, actions, before: before, after: after, unknown: [:], sensitive: sensitive, more: [:],
                change: [:]))
        return copy
    }

    func output(_ name: String, _ actions: [String], before: Any?, after: Any?, isSensitive: Bool = false)
        -> PlanSample
    {
        setting("output_changes", name) {
            _ in
            [
                "actions": actions, "before": before ?? NSNull(), "after": after ?? NSNull(), "after_unknown": false,
                "before_sensitive": isSensitive, "after_sensitive": isSensitive,
            ]
        }
    }

    /// Sets a member of a section; `value` gets what was there.
    func setting(_ section: String, _ name: String, _ value: (Any?) -> Any) -> PlanSample {
        var copy = self
        var members = copy.document[section] as? [String: Any] ?? [:]
        members[name] = value(members[name])
        copy.document[section] = members
        return copy
    }

    func setting(_ section: String, to value: Any) -> PlanSample {
        var copy = self
        copy.document[section] = value
        return copy
    }

    var json: Data {
        get throws {
            var whole = document
            whole["resource_changes"] = resources
            if !drift.isEmpty { whole["resource_drift"] = drift }
            return try JSONSerialization.data(withJSONObject: whole, options: [.sortedKeys])
        }
    }

    var plan: PlanDocument { get throws { try PlanDocument(json: json) } }

    private static func resource(
        _ address: String, _ actions: [String], before: [String: Any]?, after: [String: Any]?,
        unknown: [String: Any], sensitive: [String: Any], more: [String: Any], change: [String: Any]
    ) -> [String: Any] {
        let steps = address.split(separator: ".").map(String.init)
        let isData = steps.dropLast(2).last == "data"
        let module = steps.dropLast(isData ? 3 : 2).joined(separator: ".")
        let name = steps.last?.split(separator: "[").first.map(String.init) ?? ""
        var inner: [String: Any] = [
            "actions": actions, "before": before ?? NSNull(), "after": after ?? NSNull(), "after_unknown": unknown,
            "before_sensitive": sensitive, "after_sensitive": sensitive,
        ]
        inner.merge(change) { $1 }
        var whole: [String: Any] = [
            "address": address, "mode": isData ? "data" : "managed", "type": steps.dropLast().last ?? "", "name": name,
            "provider_name": "registry.terraform.io/hashicorp/aws", "change": inner,
        ]
        if !module.isEmpty { whole["module_address"] = module }
        if let bracket = address.last == "]" ? address.lastIndex(of: "[") : nil {
            let key = address[address.index(after: bracket)...].dropLast()
            whole["index"] = Int(key) ?? key.filter { $0 != "\"" }
        }
        whole.merge(more) { $1 }
        return whole
    }
}

/// A plan that Terraform wrote, cut down to a few resources.
func fixture(_ name: String) throws -> Data {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    return try Data(contentsOf: folder.appending(path: "\(name).json"))
}

extension PlanSample {
    /// Adds what the files say about arguments of a resource of the root.
    func declaring(_ address: String, _ expressions: [String: Any]) -> PlanSample {
        var copy = self
        var configuration = copy.document["configuration"] as? [String: Any] ?? [:]
        var root = configuration["root_module"] as? [String: Any] ?? [:]
        var resources = root["resources"] as? [[String: Any]] ?? []
        let steps = address.split(separator: ".").map(String.init)
        resources.append([
            "address": address, "mode": steps[0] == "data" ? "data" : "managed", "type": steps[steps.count - 2],
            "name": steps[steps.count - 1], "expressions": expressions,
        ])
        root["resources"] = resources
        configuration["root_module"] = root
        copy.document["configuration"] = configuration
        return copy
    }

    /// A policy document that is read during apply, because of an ARN that is not known.
    func document(
        _ name: String, _ statement: [String: Any], unknown: [String: Any] = [:], more: [String: Any] = [:]
    ) -> PlanSample {
        with(
            "data.aws_iam_policy_document.\(name)", ["read"],
            after: ["statement": [statement]].merging(more) { $1 },
            unknown: ["json": true, "statement": [unknown]])
    }
}

/// An expression that refers to something.
func refers(_ names: String...) -> [String: Any] { ["references": names] }
