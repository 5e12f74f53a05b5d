import Foundation
import OpsConfiguration
import OpsModel
import StackRendering

/// What a project decided about its policy: broken rules it lives with, and attributes that Terraform leaves alone.
struct StackPolicy: Sendable {
    let waivers: [PolicyWaiver]
    let owned: [OwnedAttribute]

    /// Reads `policy/waivers.yaml` and `policy/owned.yaml` of the stacks; a file that is not there holds nothing.
    /// - Throws: `ConfigurationError` with everything that is wrong with both files.
    init(_ project: Project, today: CalendarDay = CalendarDay(Date())) throws {
        let folders = StackFolders(project)
        var problems: [ConfigurationProblem] = []
        func read(_ name: String, _ shape: ObjectShape) -> [ConfigurationValue] {
            let path = "\(folders.root)/policy/\(name).yaml"
            guard FileManager.default.fileExists(atPath: path) else { return [] }
            do {
                let file = try ConfigurationFile(
                    path: path, displayPath: "\(folders.display)/policy/\(name).yaml", shape: shape)
                return file.root[name]?.elements ?? []
            } catch {
                problems += error.problems
                return []
            }
        }
        waivers = read("waivers", .stackWaivers).compactMap { PolicyWaiver($0, today: today, &problems) }
        owned = read("owned", .stackOwned).compactMap { OwnedAttribute($0, &problems) }
        guard problems.isEmpty else { throw ConfigurationError(problems) }
    }
}

extension PolicyWaiver {
    private static let longest = 365

    /// nil when something is wrong; then it is in `problems`.
    fileprivate init?(_ value: ConfigurationValue, today: CalendarDay, _ problems: inout [ConfigurationProblem]) {
        let count = problems.count
        let rule = value.required("rule")
        if !policyRules.contains(where: { matchesGlob($0.id, rule.string) }) {
            problems += unknownName(rule, among: policyRules.map(\.id), what: "rule")
        }
        if let layer = value["layer"] {
            problems += unknownName(layer, among: StackLayer.allCases.map(\.rawValue), what: "layer")
        }
        problems += tooShort(value.required("reason"))
        let day = Self.day(value.required("expires"), today: today, &problems)
        guard let day, problems.count == count else { return nil }
        self.init(
            rule: rule.string, address: value.required("address").string, layer: value["layer"]?.string,
            environment: value["environment"]?.string, isForUnknownOnly: value["only"] != nil,
            signed: Signature(
                owner: value.required("owner").string, reason: value.required("reason").string, expires: day),
            place: value.place.text)
    }

    private static func day(
        _ value: ConfigurationValue, today: CalendarDay, _ problems: inout [ConfigurationProblem]
    ) -> CalendarDay? {
        guard let day = CalendarDay(value.string) else {
            problems.append(value.problem("`\(value.string)` is no day", fix: "write it as 2026-12-31"))
            return nil
        }
        let ahead = day.days(after: today)
        guard ahead > longest else { return day }
        problems.append(value.problem("\(day) is \(ahead) days ahead", fix: "decide again within \(longest) days"))
        return nil
    }
}

extension OwnedAttribute {
    fileprivate init?(_ value: ConfigurationValue, _ problems: inout [ConfigurationProblem]) {
        let found = tooShort(value.required("reason"))
        problems += found
        guard found.isEmpty else { return nil }
        self.init(
            type: value.required("type").string, attribute: value.required("attribute").string,
            owner: value.required("owner").string, reason: value.required("reason").string)
    }
}

private func unknownName(_ value: ConfigurationValue, among names: [String], what: String) -> [ConfigurationProblem] {
    guard !names.contains(value.string) else { return [] }
    let nearest = nearestName(to: value.string, among: names)
    return [
        value.problem(
            "there is no \(what) `\(value.string)`",
            fix: nearest.map { "did you mean \($0)?" } ?? "\(what)s: \(names.joined(separator: ", "))")
    ]
}

private func tooShort(_ reason: ConfigurationValue) -> [ConfigurationProblem] {
    let text = reason.string.trimmingCharacters(in: .whitespaces)
    return text.count >= 10 ? [] : [reason.problem("`\(text)` explains nothing", fix: "write at least 10 characters")]
}
