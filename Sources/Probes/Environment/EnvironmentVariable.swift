package import OpsModel

/// One variable of a release's environment as the environment file declares it.
package struct EnvironmentVariable: Sendable {
    package enum Form: Sendable, Equatable {
        case string, integer, boolean, duration, port, path, url, postgresURL, redisURL, bucketURL, listen
        case secret(minimumBits: Int)
        case choice([String])
    }

    /// The value, or why there is none.
    package enum Value: Sendable {
        case present(Secret)
        case missing(why: String, fix: String)
    }

    package let name: String
    package let form: Form
    package let value: Value
    /// `file:line:column` of the declaration.
    package let place: String

    package init(name: String, form: Form, value: Value, place: String) {
        (self.name, self.form, self.value, self.place) = (name, form, value, place)
    }
}
