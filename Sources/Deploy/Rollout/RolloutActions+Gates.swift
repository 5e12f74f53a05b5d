import OpsModel

/// The steps that wait for evidence or for somebody.
extension RolloutActions {
    func analyse(_ index: Int) async throws -> ActionResult {
        var watch = RolloutWatch(self, share: machine.course.shares[index])
        watch.duration = stage.settings.canary[index].duration
        return try await watch.run()
    }

    func bake() async throws -> ActionResult {
        var watch = RolloutWatch(self, share: Route.all)
        watch.duration = stage.settings.bake.duration
        return try await watch.run()
    }

    /// Waits for approval of a share; what the candidate has of traffic already is judged on.
    func gate(_ index: Int) async throws -> ActionResult {
        let share = Route.percent(machine.course.shares[index])
        return try await ask(
            "gate_\(index + 1)", share: machine.course.share(before: index), "give it \(share) of the traffic")
    }

    /// The evidence was inconclusive: somebody says whether it goes on.
    func decide(_ watch: RolloutMachine.Watch) async throws -> ActionResult {
        try await ask("decide", share: machine.share(of: watch), "go on although the evidence is inconclusive")
    }

    private func ask(_ step: String, share: Int, _ what: String) async throws -> ActionResult {
        observe(.waiting(step: step, what: what, expires: stage.settings.approvalExpiry))
        var watch = RolloutWatch(self, share: share)
        watch.duration = stage.settings.approvalExpiry
        watch.question = step
        return try await watch.run()
    }
}
