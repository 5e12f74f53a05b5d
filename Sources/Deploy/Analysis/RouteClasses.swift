/// Sorts requests into classes whose latencies are comparable: uploads with uploads, pages with pages. A class that mixes both
/// would take another mix of requests for a slower release.
package struct RouteClasses: Codable, Sendable, Equatable {
    package struct Prefix: Codable, Sendable, Equatable {
        package let path: String
        package let name: String

        package init(path: String, name: String) { (self.path, self.name) = (path, name) }
    }

    /// Classes by the beginning of the path; the longest that fits decides.
    package var prefixes: [Prefix]
    /// Segments of the path by which all others are told apart.
    package var segments: Int

    package init(prefixes: [Prefix] = [], segments: Int = 1) {
        self.prefixes = prefixes.sorted { $0.path.utf8.count > $1.path.utf8.count }
        self.segments = segments
    }

    /// The method is part of the class. What the client wrote ends up in it: for counting only, never for printing.
    func name(method: String, path: String) -> String {
        if let found = prefixes.first(where: { path.hasPrefix($0.path) }) { return "\(method) \(found.name)" }
        return "\(method) /\(path.split(separator: "/").prefix(segments).joined(separator: "/"))"
    }
}
