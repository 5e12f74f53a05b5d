package import OpsModel

/// One operation of a JSON patch (RFC 6902).
package struct JSONPatch: Sendable, Equatable, Encodable {
    package let op: String
    package let path: String
    package let value: PlainJSON

    /// The patch is taken only when `value` stands there.
    package static func test(_ path: String, _ value: PlainJSON) -> JSONPatch {
        JSONPatch(op: "test", path: path, value: value)
    }

    /// Adds a member, or replaces it.
    package static func add(_ path: String, _ value: PlainJSON) -> JSONPatch {
        JSONPatch(op: "add", path: path, value: value)
    }

    /// A member's name inside a path (RFC 6901, section 3).
    package static func escaped(_ name: String) -> String {
        name.replacing("~", with: "~0").replacing("/", with: "~1")
    }
}
