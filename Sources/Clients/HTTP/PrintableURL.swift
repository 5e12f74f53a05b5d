import Foundation

/// A URL as it may be printed: without user, password, query and fragment, all of which can hold secrets.
package func printableURL(_ url: String) -> String {
    let shown = url.prefix { $0 != "?" && $0 != "#" }
    let start = shown.range(of: "://")?.upperBound ?? shown.startIndex
    let scheme = shown[..<start]
    let authority = shown[start...].prefix { $0 != "/" }
    let path = shown[authority.endIndex...]
    let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
    // What is no port after a colon may be the beginning of a password that holds a `/` or `?`.
    let rest = host.lastIndex(of: "]").map { host[host.index(after: $0)...] } ?? host
    let port = rest.firstIndex(of: ":").map { rest[rest.index(after: $0)...] } ?? ""
    guard port.allSatisfy(\.isNumber) else { return "\(scheme)***" }
    return "\(scheme)\(host)\(path)"
}
