import OpsModel

/// Compares what AWS told with what was promised; pure.
struct AWSJudge {
    let snapshot: AWSSnapshot
    let expectation: AWSExpectation
    let settings: [AWSSetting]

    func judge(_ sheet: inout CheckSheet) {
        for setting in settings where expectation.settings[setting.key] == nil {
            sheet.skip(setting.key, because: "not asked for")
        }
        switch snapshot.existence {
        case .seen(true):
            sheet.record("exists", .pass, observed: "there", expected: expectation.id, phase: "request")
        case .seen(false):
            sheet.record(
                "exists", .fail, observed: "does not exist", expected: expectation.id, reason: .mismatch,
                phase: "request", fix: expectation.fix(""))
            return sheet.blockRest(by: "exists")
        case .untold(let silence):
            record("exists", silence, expected: expectation.id, &sheet)
            return sheet.blockRest(by: "exists")
        }
        for setting in settings { judge(setting, &sheet) }
    }

    private func judge(_ setting: AWSSetting, _ sheet: inout CheckSheet) {
        guard let wanted = expectation.settings[setting.key] else { return }
        let expected = setting.comparison == .atLeast ? "at least \(wanted.text)" : wanted.text
        switch snapshot.settings[setting.key] {
        case .seen(let found):
            let holds = setting.comparison.holds(found, wanted)
            sheet.record(
                setting.key, holds ? .pass : setting.isGrave ? .fail : .warn,
                observed: holds ? found.text : found.difference(from: wanted), expected: expected, reason: .policy,
                phase: "request", fix: expectation.fix(setting.about.fix))
        case .untold(let silence): record(setting.key, silence, expected: expected, &sheet)
        // Left to the sheet, which shows a check without a result as a mistake of ours.
        case nil: return
        }
    }

    private func record(_ check: String, _ silence: AWSSilence, expected: String, _ sheet: inout CheckSheet) {
        sheet.record(
            check, .unknown, observed: silence.message, expected: expected, reason: silence.reason, phase: "request",
            fix: silence.fix)
    }
}
