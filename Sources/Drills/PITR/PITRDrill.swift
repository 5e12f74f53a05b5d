import Foundation
import Cryptography
import OpsModel
import PostgresClient
import Synchronization

/// Proves that a server's backups lead back to a moment in the past: writes one row before and one after a moment, restores to it
/// on a scratch server, and looks for the rows.
///
/// The live server sees SQL only; its data folder is never touched.
package struct PITRDrill: Sendable {
    let settings: PITRSettings
    package let id: String
    let observe: @Sendable (DrillProgress) -> Void

    /// - Parameter observe: told about every step, from any thread.
    package init(
        _ settings: PITRSettings, id: String = PITRDrill.freshID(),
        observe: @escaping @Sendable (DrillProgress) -> Void = { _ in }
    ) {
        (self.settings, self.id, self.observe) = (settings, id, observe)
    }

    package static func freshID() -> String {
        "\(rfc3339(Date()).prefix(19).filter { $0 != "-" && $0 != ":" })Z-\(hex(randomBytes(2)))"
    }

    var source: any BackupSource {
        switch settings.method {
        case .baseBackup(let archive, let command):
            BaseBackup(url: settings.url, archive: archive, command: command)
        case .pgBackRest(let stanza, let config, let repository):
            PgBackRest(stanza: stanza, config: config, repository: repository)
        }
    }

    /// Runs the drill to its end, its deadline or its cancellation, and cleans up in every case.
    package func run() async -> PITRReport {
        let (start, startedAt) = (ContinuousClock.now, Date())
        let flow = PITRFlow(drill: self, log: DrillLog(observe: observe))
        let end = await race(flow)
        let leftBehind = await flow.cleanUp()
        return PITRReport(
            settings, id: id, startedAt: startedAt, elapsed: .now - start, findings: flow.findings,
            steps: flow.log.steps, ending: ending(of: end, during: flow.log.current, leftBehind))
    }

    private enum End: Sendable {
        case finished
        case failed(any Error)
        case deadline
        case timerStopped
    }

    /// The flow against the clock; the flow has ended when this returns.
    private func race(_ flow: PITRFlow) async -> End {
        await withTaskGroup(of: End.self) { group in
            group.addTask {
                do {
                    try await flow.run()
                    return .finished
                } catch { return .failed(error) }
            }
            group.addTask { [limit = settings.timeout] in
                do { try await Task.sleep(for: limit) } catch { return .timerStopped }
                return .deadline
            }
            var isLate = false
            while let end = await group.next() {
                group.cancelAll()
                switch end {
                case .deadline: isLate = true
                case .timerStopped: continue
                case .finished: return .finished
                case .failed: return isLate ? .deadline : end
                }
            }
            preconditionFailure("the flow always reports")
        }
    }

    private func ending(of end: End, during step: String, _ leftBehind: [String]) -> PITRReport.Ending {
        var (failure, trouble): (DrillError?, Diagnostic?) = (nil, nil)
        switch end {
        case .finished, .timerStopped: break
        case .deadline: failure = .deadline(limit: settings.timeout, during: step)
        case .failed where Task.isCancelled: failure = .interrupted(during: step)
        case .failed(let error as DrillError): failure = error
        case .failed(let error as any DiagnosableError): trouble = error.diagnostic
        case .failed(let error):
            trouble = Diagnostic(
                "drill.trouble", what: "the drill could not go on", place: "step \(step)", why: "\(error)",
                fix: "mend what the reason names, then repeat")
        }
        return PITRReport.Ending(failure: failure, trouble: trouble, leftBehind: leftBehind)
    }
}
