package import Foundation
import OpsModel

/// The JSON Schema (draft 2020-12) of a shape, for editors.
package enum JSONSchema {
    package static func document(for shape: ObjectShape, title: String) throws -> Data {
        var root = object(shape)
        root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        root["title"] = title
        return try JSONSerialization.data(
            withJSONObject: root, options: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes])
    }

    private static let referencePattern = #"\$\{(env|file|app|slot|release|capture):[^}]+\}"#

    private static func object(_ shape: ObjectShape) -> [String: Any] {
        var properties: [String: Any] = [:]
        for field in shape.fields {
            var schema = self.schema(field.shape)
            schema["description"] = field.note
            properties[field.name] = schema
        }
        var result: [String: Any] = ["type": "object", "properties": properties, "additionalProperties": false]
        let required = shape.fields.filter(\.isRequired).map(\.name)
        if !required.isEmpty { result["required"] = required }
        if !shape.exactlyOne.isEmpty { result["oneOf"] = shape.exactlyOne.map { ["required": [$0]] } }
        return result
    }

    private static func schema(_ shape: Shape) -> [String: Any] {
        switch shape {
        case .string, .secret, .path, .template: ["type": "string", "minLength": 1]
        case .integer(let range):
            orReference(["type": "integer", "minimum": range.lowerBound, "maximum": range.upperBound])
        case .number(let range):
            orReference(["type": "number", "minimum": range.lowerBound, "maximum": range.upperBound])
        case .boolean: orReference(["type": "boolean"])
        case .duration, .interval: orReference(["type": "string", "pattern": #"^[0-9]+(\.[0-9]+)?(ms|s|m|h)$"#])
        case .status:
            orReference(["type": ["string", "integer"], "pattern": "^[1-5](xx|[0-9]{2}|[0-9]{2}-[1-5][0-9]{2})$"])
        case .choice(let names): orReference(["type": "string", "enum": names])
        case .list(let element): ["type": "array", "minItems": 1, "items": schema(element)]
        case .map(let element): ["type": "object", "minProperties": 1, "additionalProperties": schema(element)]
        case .object(let shape): object(shape)
        case .shorthand(let shape):
            ["anyOf": [["type": ["string", "number", "boolean", "null"]], object(shape)]]
        case .either(let element, let shape): ["anyOf": [schema(.list(element)), object(shape)]]
        }
    }

    private static func orReference(_ schema: [String: Any]) -> [String: Any] {
        ["anyOf": [schema, ["type": "string", "pattern": referencePattern]]]
    }
}
