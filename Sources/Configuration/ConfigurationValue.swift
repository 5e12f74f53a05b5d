package import OpsModel

/// Where a value stands in its file.
package struct SourcePlace: Sendable, Equatable {
    package let file: String
    package let line: Int
    package let column: Int

    package var text: String { "\(file):\(line):\(column)" }
}

/// A value of a configuration file, checked against its shape. The typed readers trap on another shape than the declared
/// one: that is a mistake in this program, not in the file.
package struct ConfigurationValue: Sendable {
    package enum Content: Sendable {
        case scalar(String)
        case list([ConfigurationValue])
        case mapping([(key: String, value: ConfigurationValue)])
    }

    package let place: SourcePlace
    package let keyPath: String
    package let content: Content

    package subscript(_ key: String) -> ConfigurationValue? {
        guard case .mapping(let pairs) = content else { return nil }
        return pairs.first { $0.key == key }?.value
    }

    /// A field that the shape requires.
    package func required(_ key: String) -> ConfigurationValue {
        guard let value = self[key] else { preconditionFailure("\(keyPath).\(key) is not required by its shape") }
        return value
    }

    package var entries: [(key: String, value: ConfigurationValue)] {
        guard case .mapping(let pairs) = content else { preconditionFailure("\(keyPath) is not a mapping") }
        return pairs
    }

    package var elements: [ConfigurationValue] {
        guard case .list(let elements) = content else { preconditionFailure("\(keyPath) is not a list") }
        return elements
    }

    package var string: String {
        guard case .scalar(let text) = content else { preconditionFailure("\(keyPath) is not a scalar") }
        return text
    }

    package var secret: Secret { Secret(string) }
    package var strings: [String] { elements.map(\.string) }

    package var integer: Int {
        guard let number = Int(string) else { preconditionFailure("\(keyPath) is not an integer") }
        return number
    }

    package var number: Double {
        guard let number = Double(string) else { preconditionFailure("\(keyPath) is not a number") }
        return number
    }

    package var boolean: Bool { string == "true" }

    package var duration: Duration {
        guard let duration = Duration(text: string) else { preconditionFailure("\(keyPath) is not a duration") }
        return duration
    }

    /// A problem at this value, for rules that go beyond shapes.
    package func problem(_ why: String, fix: String) -> ConfigurationProblem {
        ConfigurationProblem(place: place.text, keyPath: keyPath, why: why, fix: fix)
    }
}
