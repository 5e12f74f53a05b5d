package import OpsModel

/// One variable of a release's environment as the environment file declares it.
package struct EnvironmentVariable: Sendable {
    package enum Form: Sendable, Equatable {
        case string, integer, number, boolean, duration, port, path, url, postgresURL, redisURL, bucketURL, listen
        case email, host, json
        /// Count of decoded bytes; nil when any count will do.
        case base64(bytes: Int?)
        case hex(bytes: Int?)
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
    /// A variable that is not required may have no value.
    package var isRequired = true
    /// Regular expression for the whole value.
    package var pattern: String?
    /// Variables that must have a value when this one has.
    package var needs: [String] = []
    /// Variables whose value this one must not have.
    package var differsFrom: [String] = []
    /// Names of the environment variables of this process that the value is read from.
    package var sources: Set<String> = []

    package init(name: String, form: Form, value: Value, place: String) {
        (self.name, self.form, self.value, self.place) = (name, form, value, place)
    }

    package var secret: Secret? { if case .present(let secret) = value { secret } else { nil } }
}

/// What the variables of an environment are compared with.
package struct EnvironmentContext: Sendable {
    /// Names that must not be declared.
    package var forbidden: [String] = []
    /// Values of `.env.example` and its like, by name: whoever reads the repository knows them.
    package var examples: [String: String] = [:]
    /// Variables of other environments whose secrets must not be used here.
    package var others: [(environment: String, variables: [EnvironmentVariable])] = []

    package init() {}
}
