import Deploy
import Foundation
import OpsConfiguration
import OpsModel

extension [Webhook] {
    /// Reads `notify`; empty when nobody is told.
    init(_ project: Project) throws {
        guard project.environmentFile.root["notify"] != nil else {
            self = []
            return
        }
        self = try project.section("notify").elements.map { try Webhook($0.required("webhook"), project: project) }
    }
}

extension Webhook {
    fileprivate init(_ value: ConfigurationValue, project: Project) throws {
        let (url, key) = (value.required("url"), value.required("signing_key"))
        let scheme = URLComponents(string: url.string)?.scheme?.lowercased()
        guard scheme == "https" || (scheme == "http" && !project.isStrict) else {
            throw ConfigurationError([
                url.problem(
                    project.isStrict ? "it is no https:// URL" : "it is no URL",
                    fix: "give an https:// URL by ${env:NAME} or ${file:PATH}")
            ])
        }
        guard key.secret.byteCount >= 32 else {
            throw ConfigurationError([
                key.problem("a signing key needs at least 32 bytes", fix: "make one: openssl rand -hex 32")
            ])
        }
        let events = value["events"]?.strings.compactMap(DeployNotice.Event.init) ?? DeployNotice.Event.allCases
        self.init(
            url: url.secret, key: key.secret, events: Set(events),
            deadline: value["deadline"]?.duration ?? .seconds(30),
            authorityFile: value["authority"].map { project.absolute($0.string) })
    }
}
