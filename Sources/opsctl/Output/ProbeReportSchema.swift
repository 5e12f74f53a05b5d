import Foundation
import OpsModel

/// The JSON Schema (draft 2020-12) of `probe run --format json`. New keys may come within schema 1; none goes or changes.
enum ProbeReportSchema {
    static func document() throws -> Data {
        try JSONSerialization.data(
            withJSONObject: root, options: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes])
    }

    private static var root: [String: Any] {
        var schema = object(
            [
                "schema": ["const": 1], "environment": text, "started_at": time, "elapsed_ms": count,
                "verdict": names(Verdict.allCases), "attempts": count,
                "history": list(attempt), "targets": list(target),
            ],
            required: [
                "schema", "environment", "started_at", "elapsed_ms", "verdict", "attempts", "history", "targets",
            ])
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        schema["title"] = "opsctl probe report, schema 1"
        return schema
    }

    private static var target: [String: Any] {
        object(
            [
                "name": text, "kind": text, "endpoint": text, "elapsed_ms": count, "checks": list(check),
                "place": described(text, "file:line:column of its declaration"),
                "round_trips": described(count, "round trips of the main connection after TCP"),
            ], required: ["name", "kind", "endpoint", "elapsed_ms", "checks"])
    }

    private static var attempt: [String: Any] {
        object(
            [
                "number": count, "started_at": time, "elapsed_ms": count, "verdict": names(Verdict.allCases),
                "troubles": list(check),
            ], required: ["number", "started_at", "elapsed_ms", "verdict", "troubles"])
    }

    private static var check: [String: Any] {
        object(
            [
                "check": described(text, "TARGET.CHECK, stable across releases"), "target": text,
                "status": names(CheckStatus.allCases), "observed": text, "expected": text, "unit": text,
                "reason": names(CheckReason.allCases), "phase": text,
                "retryable": described(boolean, "whether asking again can help"),
                "blocked_by": described(text, "the check whose failure blocks this one"), "fix": text, "runbook": text,
                "measure": measure, "attempts": count,
                "recovered": described(boolean, "it failed at first and passes now"), "first_failed_at": time,
            ], required: ["check", "target", "status", "observed", "expected"])
    }

    private static var measure: [String: Any] {
        object(
            [
                "value": number, "unit": described(text, "s, B, %, d (days); absent for a count"),
                "direction": ["enum": ["at_most", "at_least"]], "warn": number, "fail": number,
            ], required: ["value", "direction"])
    }

    private static var text: [String: Any] { ["type": "string"] }
    private static var count: [String: Any] { ["type": "integer", "minimum": 0] }
    private static var number: [String: Any] { ["type": "number"] }
    private static var boolean: [String: Any] { ["type": "boolean"] }
    private static var time: [String: Any] { ["type": "string", "format": "date-time"] }

    private static func list(_ element: [String: Any]) -> [String: Any] { ["type": "array", "items": element] }
    private static func names(_ cases: [some RawRepresentable<String>]) -> [String: Any] {
        ["enum": cases.map(\.rawValue)]
    }
    private static func described(_ schema: [String: Any], _ note: String) -> [String: Any] {
        schema.merging(["description": note]) { $1 }
    }
    private static func object(_ properties: [String: Any], required: [String]) -> [String: Any] {
        ["type": "object", "properties": properties, "required": required, "additionalProperties": false]
    }
}
