import Foundation
import OpsConfiguration
import OpsModel

/// `opsctl.yaml` and one environment file, read and checked; references are resolved where a section is used.
struct Project: Sendable {
    let folder: String
    let service: String
    let environmentName: String
    let environmentFile: ConfigurationFile
    let variables: [String: String]
    private let file: ConfigurationFile
    private var root: ConfigurationValue { file.root }

    init(folder: String?, environmentName: String?, variables: [String: String]) throws {
        let folder = try folder.map { URL(filePath: $0).standardizedFileURL.path } ?? Self.nearestFolder()
        let file = try ConfigurationFile(path: "\(folder)/opsctl.yaml", displayPath: "opsctl.yaml", shape: .project)
        guard let name = environmentName ?? file.root["default_environment"]?.string else {
            throw ConfigurationError([
                file.root.problem(
                    "no --env was given and there is no default_environment",
                    fix: "add --env NAME, or default_environment: NAME")
            ])
        }
        guard !name.contains("/"), !name.hasPrefix(".") else {
            throw ConfigurationError([
                ConfigurationProblem(
                    place: "--env", keyPath: "", why: "`\(name)` is a path, not the name of an environment",
                    fix: "--env NAME, for the file environments/NAME.yaml")
            ])
        }
        let path = "environments/\(name).yaml"
        guard FileManager.default.fileExists(atPath: "\(folder)/\(path)") else {
            throw ConfigurationError([Self.unknownEnvironment(name, path, folder)])
        }
        (self.folder, self.file) = (folder, file)
        (service, self.environmentName) = (file.root.required("service").string, name)
        environmentFile = try ConfigurationFile(path: "\(folder)/\(path)", displayPath: path, shape: .environment)
        self.variables = try Self.variables(variables, with: environmentFile, folder)
    }

    /// The program's environment, over that of an `env_file`. Only ephemeral environments read one: elsewhere a file that
    /// somebody left lying about would decide what production runs with.
    private static func variables(
        _ variables: [String: String], with file: ConfigurationFile, _ folder: String
    ) throws -> [String: String] {
        guard let entry = file.root["env_file"] else { return variables }
        let protection = file.root.required("protection").string
        guard protection == "ephemeral" else {
            throw ConfigurationError([
                entry.problem(
                    "a .env file is never read in a \(protection) environment",
                    fix: "remove env_file, and give the values by ${env:NAME} or ${file:PATH}")
            ])
        }
        let path = entry.string.hasPrefix("/") ? entry.string : "\(folder)/\(entry.string)"
        return try EnvironmentFile.read(path: path, displayPath: entry.string).merging(
            variables.filter { !$0.value.isEmpty }
        ) { $1 }
    }

    private static func nearestFolder() throws -> String {
        var folder = URL(filePath: FileManager.default.currentDirectoryPath).standardizedFileURL
        while true {
            if FileManager.default.fileExists(atPath: folder.appending(path: "opsctl.yaml").path) { return folder.path }
            let parent = folder.deletingLastPathComponent().standardizedFileURL
            guard parent.path != folder.path, folder.path != "/" else { break }
            folder = parent
        }
        throw ConfigurationError([
            ConfigurationProblem(
                place: "opsctl.yaml", keyPath: "", why: "neither this folder nor one above it holds an opsctl.yaml",
                fix: "cd into the project, or pass --project FOLDER")
        ])
    }

    private static func unknownEnvironment(_ name: String, _ path: String, _ folder: String) -> ConfigurationProblem {
        let names = environmentNames(folder)
        let nearest = nearestName(to: name, among: names)
        return ConfigurationProblem(
            place: path, keyPath: "", why: "there is no such environment",
            fix: nearest.map { "did you mean --env \($0)?" } ?? "environments here: \(names.joined(separator: ", "))")
    }

    /// Names of the files in `environments`.
    private static func environmentNames(_ folder: String) -> [String] {
        let files = (FileManager.default.enumerator(atPath: "\(folder)/environments")?.allObjects as? [String]) ?? []
        return files.filter { $0.hasSuffix(".yaml") && !$0.contains("/") }.map { String($0.dropLast(5)) }.sorted()
    }

    /// The folder of the project and the names of its environments.
    static func names(folder: String?) throws -> (folder: String, names: [String]) {
        let folder = try folder.map { URL(filePath: $0).standardizedFileURL.path } ?? nearestFolder()
        return (folder, environmentNames(folder))
    }

    func environmentNames() -> [String] { Self.environmentNames(folder) }

    /// `standard` and `critical` environments are judged strictly.
    var isStrict: Bool { protection != "ephemeral" }

    /// `ephemeral`, `standard` or `critical`.
    var protection: String { environmentFile.root.required("protection").string }

    /// `file:line:column` of this project as a program elsewhere finds it: relative to the checkout on GitHub, or to this folder.
    func reportPlace(_ place: String) -> String {
        let base = variables["GITHUB_WORKSPACE"] ?? FileManager.default.currentDirectoryPath
        let root = URL(filePath: base).standardizedFileURL.path
        guard folder != root, folder.hasPrefix(root + "/") else { return place }
        return "\(folder.dropFirst(root.count + 1))/\(place)"
    }

    func hasFile(_ path: String) -> Bool { FileManager.default.fileExists(atPath: absolute(path)) }

    /// Where the ledger is. - Throws: `ConfigurationError` when its URL cannot be told.
    func ledgerPlace() throws -> LedgerPlace {
        guard let value = try file.section("ledger", environment: variables, folder: folder) else {
            return .file(absolute(".opsctl/ledger.sqlite"))
        }
        if let url = value["postgres"] { return .postgres(url.secret) }
        return .file(absolute(value["file"]?.string ?? value.string))
    }
    var stacksPath: String { absolute(root["stacks"]?.string ?? "Stacks") }
    var localPath: String { absolute(".opsctl/local") }

    func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "\(folder)/\(path)" }

    /// A section with its references resolved. - Throws: `ConfigurationError` when the file has no such section.
    /// - Parameter keyPaths: entries of maps to leave out.
    func section(_ name: String, leavingOut keyPaths: Set<String> = []) throws -> ConfigurationValue {
        guard
            let value = try environmentFile.section(
                name, environment: variables, folder: folder, leavingOut: keyPaths)
        else {
            throw ConfigurationError([
                environmentFile.root.problem(
                    "there is no section `\(name)`", fix: "add `\(name):`; opsctl schema describes it")
            ])
        }
        return value
    }
}
