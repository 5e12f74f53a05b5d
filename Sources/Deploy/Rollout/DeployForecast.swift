import Ledger
package import OpsModel

/// What a rollout would do, from what is configured and what can be seen now.
package struct DeployForecast: Sendable {
    package struct Report: Codable, Sendable {
        package struct Step: Codable, Sendable {
            package let step: String
            package let what: String
            /// What is sent to the router.
            package var commands: [String] = []
        }

        package let schema: Int
        package let environment: String
        package let release: Release
        package let candidate: Slot
        package let baseline: Slot?
        package let baselineRelease: String?
        package let steps: [Step]
        package let wayBack: String
        /// The live slot's requests a second while this was made; nil when the router does not count.
        package let requestsPerSecond: Double?
        /// Why `deploy run` would be refused now; nil when it would go on.
        package let refusal: String?

        private enum CodingKeys: String, CodingKey {
            case schema, environment, release, candidate, baseline, steps, refusal
            case baselineRelease = "baseline_release"
            case wayBack = "way_back"
            case requestsPerSecond = "requests_per_second"
        }
    }

    private let stage: RolloutStage
    private let launch: ReleaseLaunch
    private var settings: DeploySettings { stage.settings }

    package init(_ stage: RolloutStage, _ launch: ReleaseLaunch) { (self.stage, self.launch) = (stage, launch) }

    package func report() async throws -> Report {
        let history = try await DeployHistory.read(stage.ledger, environment: settings.environment)
        let live = try await stage.router.route().live
        let baseline = history.stable == nil ? nil : live
        let rate = try await rate(of: live)
        return Report(
            schema: 2, environment: settings.environment, release: launch.release, candidate: live.other,
            baseline: baseline, baselineRelease: history.stable?.release.name,
            steps: steps(candidate: live.other, baseline: baseline, rate: rate),
            wayBack: wayBack(history, baseline), requestsPerSecond: rate, refusal: try await refusal(history))
    }

    private static let sample = Duration.milliseconds(500)

    private func rate(of slot: Slot) async throws -> Double? {
        do {
            let before = try await stage.router.counters()[slot]
            let start = ContinuousClock.now
            try await stage.clock.sleep(for: Self.sample)
            guard let before, let after = try await stage.router.counters()[slot] else { return nil }
            return Double(max(0, after.requests - before.requests)) / ((.now - start) / .seconds(1))
        } catch RouterError.uncounted {
            return nil
        }
    }

    private func refusal(_ history: DeployHistory) async throws -> String? {
        let lease = "deploy/\(settings.environment)"
        if let holder = try await stage.ledger.leaseHolder(lease), try Rollout.isAlive(holder) {
            return "a deploy runs now: pid \(holder.pid) on \(holder.host)"
        }
        return history.open.last { !$0.isCommitted }.map {
            "deploy \($0.id) is open at \($0.step): opsctl deploy resume, or opsctl deploy rollback"
        }
    }

    private func wayBack(_ history: DeployHistory, _ baseline: Slot?) -> String {
        guard let baseline else { return "none: there is no release to go back to" }
        let measured = history.deploys.last { $0.receipt?.rehearsedMilliseconds != nil }
        let time =
            measured.flatMap { deploy in
                deploy.receipt?.rehearsedMilliseconds.map {
                    "\(Int($0.rounded())) ms when it was rehearsed in \(deploy.id)"
                }
            } ?? "not measured yet; the rehearsal before the first share will tell"
        let watchdog =
            settings.watchdogTimeout.map { "a watchdog takes it \($0.text) after the deployer's last sign" }
            ?? "no watchdog: nothing takes it when the deployer dies"
        return "prove \(baseline.rawValue), write the route on disk, then in force; \(time); \(watchdog)"
    }

    private func steps(candidate: Slot, baseline: Slot?, rate: Double?) -> [Report.Step] {
        var course = settings.course
        if baseline == nil { course.shares = [Route.all] }
        var steps = stepsBeforeTraffic(candidate, hasBaseline: baseline != nil)
        for (index, share) in course.shares.enumerated() {
            if course.approvals.contains(index) {
                steps.append(
                    .init(
                        step: "gate_\(index + 1)",
                        what: "somebody approves \(Route.percent(share)) within \(settings.approvalExpiry.text)"))
            }
            let route =
                share == Route.all
                ? Route(live: candidate, epoch: 0) : Route(live: candidate.other, share: share, epoch: 0)
            steps.append(
                .init(
                    step: "shift_\(index + 1)", what: "one atomic, fenced commit: \(route.text)",
                    commands: stage.router.commands(for: route)))
            let step = settings.step(index, of: course)
            steps.append(
                .init(
                    step: share == Route.all ? "bake" : "analyse_\(index + 1)",
                    what: "\(step.duration.text), at most \(step.limit.text): \(evidence(share, rate))"))
        }
        return steps + stepsAfterTraffic(candidate, baseline)
    }

    /// What a share takes, and how long that is at the traffic of now.
    private func evidence(_ share: Int, _ rate: Double?) -> String {
        let policy = settings.analysis
        let needed = policy.leastRequests
        guard needed > 0 else { return "any traffic; it is rolled back at evidence of \(Int(policy.threshold))" }
        let requests = "\(needed) requests"
        guard let rate else { return "\(requests); the router does not tell the traffic" }
        let mine = rate * Double(share) / Double(Route.all)
        guard mine > 0 else { return "\(requests); there is no traffic now" }
        return "\(requests), ~\(Duration.seconds(Double(needed) / mine).text) at \(Int(rate.rounded())) requests/s"
    }

    private func stepsBeforeTraffic(_ candidate: Slot, hasBaseline: Bool) -> [Report.Step] {
        let migrate = launch.migrateArguments.joined(separator: " ")
        var steps: [Report.Step] = [
            .init(
                step: "preflight", what: "route against record, \(stage.gates.map(\.name).joined(separator: ", "))"),
            .init(step: "migrate", what: migrate.isEmpty ? "no migrations" : migrate),
            .init(
                step: "provision",
                what: "start \(launch.release.name) in \(candidate.rawValue) at \(stage.runner.address(of: candidate))"),
            .init(
                step: "health",
                what:
                    "\(settings.health.passes) × 200 from \(settings.health.path) within \(settings.health.deadline.text)"
            ),
            .init(
                step: "smoke", what: "\(settings.smoke.count) steps, direct and through \(stage.router.frontend.url)"),
        ]
        if !settings.warmUp.paths.isEmpty {
            steps.append(
                .init(
                    step: "warm", what: "\(settings.warmUp.rounds) × \(settings.warmUp.paths.joined(separator: " "))"))
        }
        guard hasBaseline else { return steps }
        steps.append(.init(step: "rehearse", what: "prove \(candidate.other.rawValue) and write its route once more"))
        if let timeout = settings.watchdogTimeout {
            steps.append(.init(step: "arm", what: "a watchdog, \(timeout.text)"))
        }
        return steps
    }

    private func stepsAfterTraffic(_ candidate: Slot, _ baseline: Slot?) -> [Report.Step] {
        let commit = Report.Step(
            step: "commit", what: "the route on disk and the stable record become \(candidate.rawValue)")
        guard let baseline else { return [commit] }
        return [
            commit,
            .init(step: "drain", what: "\(baseline.rawValue), at most \(settings.drainDeadline.text)"),
            .init(
                step: "retire",
                what: settings.keepsWarm ? "keep \(baseline.rawValue) warm" : "stop \(baseline.rawValue)"),
        ]
    }
}
