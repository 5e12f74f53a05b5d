import ArgumentParser
import Foundation
import OpsModel
import Probes

/// How a probe report is printed.
enum ProbeFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json, ndjson, junit, tap, nagios, prometheus, github, sarif, health

    /// The document, without a line break at its end.
    func document(_ report: ProbeReport, hasColor: Bool = false, isVerbose: Bool = true, earlier: String? = nil) throws
        -> String
    {
        switch self {
        // On GitHub the annotations go to stderr and the table to the step's summary; stdout stays for people.
        case .text, .github: report.text(hasColor: hasColor, isVerbose: isVerbose)
        case .json: String(decoding: try canonicalJSON(report), as: UTF8.self)
        case .ndjson: try NDJSON.document(report)
        case .junit: JUnit.document(report)
        case .tap: TAP.document(report)
        case .nagios: Nagios.document(report)
        case .prometheus: Prometheus.document(report, earlier: earlier)
        case .sarif: try SARIF.document(report)
        case .health: try HealthJSON.document(report)
        }
    }
}
