import ArgumentParser
import Deploy
import Foundation
import OpsModel

/// How the result of a smoke run is printed.
enum SmokeFormat: String, ExpressibleByArgument, CaseIterable { case text, json, junit }

/// What `smoke run` found.
struct SmokeReport: Encodable {
    struct Suite: Encodable {
        let name: String
        let verdict: Verdict
    }

    let schema = 1
    /// Without credentials.
    let url: String
    let verdict: Verdict
    let suites: [Suite]
    let steps: [SmokeResult]
    /// Steps that were planned, without cleanup; fewer results mean that a suite ended early.
    let planned: Int

    init(url: String, plan: SmokePlan, results: [SmokeResult]) {
        (self.url, steps, planned) = (url, results, plan.count)
        suites = plan.suites.map { suite in
            Suite(name: suite.name, verdict: results.filter { $0.suite == suite.name }.verdict)
        }
        let verdicts = suites.map(\.verdict)
        verdict = verdicts.contains(.fail) ? .fail : verdicts.contains(.inconclusive) ? .inconclusive : results.verdict
    }

    func document(_ format: SmokeFormat) throws -> String {
        switch format {
        case .text: text
        case .json: String(decoding: try canonicalJSON(self), as: UTF8.self)
        case .junit: junit
        }
    }

    private var text: String {
        var table = TextTable()
        for step in steps {
            let name = suites.count > 1 ? "\(step.suite): \(step.step)" : step.step
            table.add([
                step.isSkipped ? "skipped" : step.verdict.rawValue, "\(step.elapsedMilliseconds) ms",
                step.isCleanup ? "cleanup: \(name)" : name, step.observed,
            ])
        }
        let answered = steps.count { !$0.isCleanup && !$0.isSkipped }
        let skipped = steps.count { !$0.isCleanup && $0.isSkipped }
        let leftOut = skipped == 0 ? "" : ", \(skipped) skipped"
        return table.text + "\n\n\(verdict.rawValue): \(answered) of \(planned) steps against \(url)\(leftOut)"
    }

    private var junit: String {
        let all = suites.map { suite in
            JUnitSuite(
                name: suite.name,
                cases: steps.filter { $0.suite == suite.name }.map { step in
                    .init(name: step.isCleanup ? "cleanup: \(step.step)" : step.step, outcome: step.outcome)
                })
        }
        return JUnitSuite.document("opsctl smoke \(url)", all)
    }
}

extension SmokeResult {
    fileprivate var outcome: JUnitSuite.Outcome {
        if isSkipped { return .skipped(observed) }
        return switch verdict {
        case .pass: .pass
        case .fail: .failure(observed)
        case .inconclusive: .error(observed)
        }
    }
}
