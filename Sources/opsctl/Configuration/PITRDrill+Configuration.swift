import Drills
import Foundation
import OpsConfiguration
import OpsModel
import PostgresClient

extension PITRSettings {
    /// Reads `drills.pitr`. - Throws: `ConfigurationError` at the key for values that do not hold together.
    init(_ project: Project) throws {
        let drills = try project.section("drills")
        guard let value = drills["pitr"] else {
            throw ConfigurationError([
                drills.problem("there is no `pitr`", fix: "add `pitr:`; opsctl schema describes it")
            ])
        }
        let address = value.required("url")
        let url: PostgresURL
        do { url = try PostgresURL(address.secret) } catch {
            throw ConfigurationError([address.problem(error.diagnostic.why, fix: error.diagnostic.fix)])
        }
        guard !project.isStrict || url.tlsMode.verifiesServer else {
            throw ConfigurationError([
                address.problem(
                    "sslmode=\(url.tlsMode.rawValue) does not verify the server: the password could go to anybody",
                    fix: "write sslmode=verify-full&sslrootcert=/path/ca.crt")
            ])
        }
        let folder = value["scratch"].map { project.absolute($0.string) } ?? NSTemporaryDirectory()
        self.init(
            environment: project.environmentName, url: url, method: try Method(value, project: project),
            scratch: URL(filePath: folder).standardizedFileURL.path)
        (binaries, user) = (value["binaries"].map { project.absolute($0.string) }, value["user"]?.string)
        (rpo, rto) = (value["rpo"]?.duration, value["rto"]?.duration)
        if let limit = value["timeout"] { timeout = limit.duration }
        toolEnvironment = project.variables.filter { $0.key.hasPrefix("PGBACKREST_") }
    }
}

extension PITRSettings.Method {
    fileprivate init(_ value: ConfigurationValue, project: Project) throws {
        if let settings = value["pgbackrest"] {
            self = .pgBackRest(
                stanza: settings.required("stanza").string,
                config: settings["config"].map { project.absolute($0.string) },
                repository: settings["repository"]?.integer)
            return
        }
        let settings = value.required("base_backup")
        let archive = settings["wal_archive"].map { project.absolute($0.string) }
        if let command = settings["restore_command"] {
            guard command.string.contains("%f"), command.string.contains("%p") else {
                throw ConfigurationError([
                    command.problem(
                        "a restore_command needs %f (the segment) and %p (where to put it)",
                        fix: "write for example: cp /path/to/archive/%f %p")
                ])
            }
            self = .baseBackup(archive: archive, restoreCommand: command.string)
        } else if let archive {
            self = .baseBackup(archive: archive, restoreCommand: PITRSettings.copying(from: archive))
        } else {
            throw ConfigurationError([
                settings.problem(
                    "neither wal_archive nor restore_command is there", fix: "add wal_archive: /path/to/archive")
            ])
        }
    }
}
