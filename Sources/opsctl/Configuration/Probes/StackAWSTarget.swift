import OpsConfiguration
import OpsModel
import Probes

/// A target that AWS's control plane is asked about.
struct StackAWSTarget {
    let kind: AWSKindEntry
    private let locator: [String: String]
    private let region: String?
    private let settings: [String: AWSValue]

    init(_ value: StackValue, _ kind: AWSKindEntry) throws {
        self.kind = kind
        try value.refuseUnknown(
            besides: ["expect", "id", "kind", "layer", "region"] + kind.locators, what: "the target `\(kind.kind)`")
        locator = Dictionary(
            uniqueKeysWithValues: try kind.locators.map { ($0, try value.text($0)) })
        region = try value["region"]?.text()
        if let region, region.wholeMatch(of: #/[a-z]{2}(-[a-z]+)+-[0-9]+/#) == nil {
            throw value.error("`\(region)` is no region")
        }
        settings = try value["expect"].map { try Self.settings($0, kind) } ?? [:]
    }

    func expectation(environment: String, region: String) -> AWSExpectation {
        AWSExpectation(
            environment: environment, region: self.region ?? region, id: locator[kind.locators[0]] ?? "",
            locator: locator, settings: settings)
    }

    private static func settings(_ expect: StackValue, _ kind: AWSKindEntry) throws -> [String: AWSValue] {
        try expect.refuseUnknown(besides: kind.settings.map(\.key), what: "the kind `\(kind.kind)`")
        var settings: [String: AWSValue] = [:]
        for (key, value) in try expect.members() {
            guard let setting = kind.settings.first(where: { $0.key == key }) else { continue }
            if value.isNull {
                if setting.expectsNull { settings[key] = AWSValue.none }
                continue
            }
            settings[key] = try value.setting(setting.form)
        }
        return settings
    }
}

extension StackValue {
    fileprivate func setting(_ form: AWSValue.Form) throws -> AWSValue {
        let value: AWSValue =
            switch content {
            case .text(let text): .text(text)
            case .number(let number): .number(number)
            case .flag(let flag): .flag(flag)
            case .list(let elements): .list(try elements.map { try $0.entry() })
            case .null, .members: throw error("expected a \(form.rawValue)")
            }
        guard value.has(form) else { throw error("expected a \(form.rawValue), found `\(value.text)`") }
        return value
    }

    /// An element of a list: a text, or an object as `days=30 prefix=jobs/`.
    private func entry() throws -> String {
        switch content {
        case .text(let text): text
        case .number(let number): numberText(number)
        case .flag(let flag): flag ? "true" : "false"
        case .members(let members):
            try members.sorted { $0.key < $1.key }.map { "\($0.key)=\(try $0.value.entry())" }.joined(separator: " ")
        case .null, .list: throw error("expected a text or an object")
        }
    }
}
