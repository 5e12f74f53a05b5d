import Foundation
import OpsConfiguration

/// The text of an http or https URL with a host. - Throws: `ConfigurationError` at the value; a URL may hold a secret, so it is
/// described and not quoted.
func httpURL(_ value: ConfigurationValue) throws -> String {
    func refuse(_ why: String) -> ConfigurationError {
        ConfigurationError([value.problem(why, fix: "write https://HOST/PATH")])
    }
    guard let parts = URLComponents(string: value.string), let scheme = parts.scheme?.lowercased() else {
        throw refuse("it is not a URL")
    }
    guard ["http", "https"].contains(scheme) else { throw refuse("the scheme is `\(scheme)`, expected https or http") }
    guard parts.host?.isEmpty == false else { throw refuse("it has no host") }
    guard parts.port.map({ (1...65_535).contains($0) }) ?? true else { throw refuse("the port is not one") }
    return value.string
}
