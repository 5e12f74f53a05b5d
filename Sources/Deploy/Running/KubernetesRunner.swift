import Cryptography
package import KubernetesClient
package import OpsModel

/// Runs each slot as one Deployment with its environment in a Secret beside it.
///
/// Two Services that select `opsctl.dev/slot: blue` and `green` belong to the cluster's set-up. What is applied is taken over from
/// other field managers: an autoscaler of a slot's Deployment would fight with `replicas`.
package struct KubernetesRunner: SlotRunner {
    package struct Settings: Sendable {
        package let namespace: String
        /// The Deployments are `NAME-blue` and `NAME-green`.
        package let name: String
        /// Base URLs of the slots' Services, past the route.
        package let addresses: [Slot: String]
        /// The port that the container listens on: `${slot:port}`.
        package let port: Int
        package var replicas = 1
        /// Kubernetes quantities, which are limit and request.
        package var (cpu, memory) = ("1", "512Mi")
        /// Size of `/tmp`, the only place that can be written.
        package var scratch = "64Mi"
        package var serviceAccount: String?
        package var healthPath = "/readyz"
        package var stopGrace: Duration = .seconds(35)
        /// Longest time of a migration, and of a Deployment without progress.
        package var startDeadline: Duration = .seconds(600)

        package init(namespace: String, name: String, blue: String, green: String, port: Int) {
            (self.namespace, self.name, self.port) = (namespace, name, port)
            addresses = [.blue: blue, .green: green]
        }
    }

    let client: KubernetesClient
    let settings: Settings
    private let clock: any Clock<Duration>

    static let container = "app"
    static let manager = "opsctl"
    static let migrationPart = "migrate"
    private static let pause = Duration.milliseconds(500)

    package init(client: KubernetesClient, settings: Settings, clock: any Clock<Duration> = ContinuousClock()) {
        (self.client, self.settings, self.clock) = (client, settings, clock)
    }

    func deploymentName(_ slot: Slot) -> String { "\(settings.name)-\(slot.rawValue)" }
    func secretName(_ part: String) -> String { "\(settings.name)-\(part)-env" }

    private func resource(_ kind: KubernetesKind, _ name: String) -> KubernetesResource {
        KubernetesResource(kind, namespace: settings.namespace, name: name)
    }

    package func address(of slot: Slot) -> String {
        guard let address = settings.addresses[slot] else { preconditionFailure("both slots have an address") }
        return address
    }

    package func state(of slot: Slot) async throws -> SlotState {
        let object: PlainJSON
        do {
            object = try await client.get(resource(.deployment, deploymentName(slot)))
        } catch KubernetesError.absent {
            return SlotState(release: nil, isRunning: false, pid: nil, log: nil)
        }
        let reading = try DeploymentReading(object, place: deploymentName(slot))
        let pods = try await pods(slot.rawValue, reading.release)
        return SlotState(
            release: reading.release, isRunning: reading.wantsPods && !pods.haveAllEnded, pid: nil,
            log: "kubectl --namespace \(settings.namespace) logs deployment/\(deploymentName(slot))",
            restarts: pods.restarts)
    }

    private func pods(_ part: String, _ release: Release?) async throws -> PodReading {
        let labels = labels(part).compactMapValues(\.scalarText)
        return PodReading(
            try await client.list(.pod, namespace: settings.namespace, labels: labels), release: release)
    }

    package func start(_ launch: ReleaseLaunch, in slot: Slot) async throws {
        let state = try await state(of: slot)
        if state.isRunning, let release = state.release, release != launch.release {
            throw RunnerError.occupied(slot: slot, release: release.name)
        }
        // Applied also when it runs: the same fields again change nothing, and mend what somebody has changed.
        let deployment = try deployment(launch, slot)
        let name = secretName(slot.rawValue)
        _ = try await client.apply(
            resource(.secret, name), secret(launch, slot, named: name, part: slot.rawValue), manager: Self.manager)
        _ = try await client.apply(
            resource(.deployment, deploymentName(slot)), deployment, manager: Self.manager)
    }

    package func stop(_ slot: Slot) async throws {
        do {
            _ = try await client.patch(
                resource(.deployment, deploymentName(slot)), [.add("/spec/replicas", 0)], manager: Self.manager)
        } catch KubernetesError.absent {
            return  // nothing was ever started there
        }
        var waited = Duration.zero
        while try await pods(slot.rawValue, nil).count > 0 {
            guard waited < settings.stopGrace + Self.stopMargin else {
                throw KubernetesRunnerError.stillThere(deployment: deploymentName(slot), waited: waited)
            }
            try await clock.sleep(for: Self.pause)
            waited += Self.pause
        }
    }

    /// What the kubelet needs beside the grace period.
    private static let stopMargin = Duration.seconds(30)

    package func migrate(_ launch: ReleaseLaunch) async throws -> String {
        let name = "\(settings.name)-\(Self.migrationPart)-\(hex(randomBytes(4)))"
        let job = try migration(launch, named: name)
        let secretName = secretName(Self.migrationPart)
        _ = try await client.apply(
            resource(.secret, secretName), secret(launch, .blue, named: secretName, part: Self.migrationPart),
            manager: Self.manager)
        _ = try await client.apply(resource(.job, name), job, manager: Self.manager)
        var waited = Duration.zero
        while true {
            let object = try await client.get(resource(.job, name))
            if let end = JobEnd(object) {
                return try await result(of: name, end)
            }
            guard waited < settings.startDeadline + Self.stopMargin else {
                throw KubernetesRunnerError.unfinished(job: name, waited: waited)
            }
            try await clock.sleep(for: Self.pause)
            waited += Self.pause
        }
    }

    private func result(of job: String, _ end: JobEnd) async throws -> String {
        let pods = PodReading(
            try await client.list(.pod, namespace: settings.namespace, labels: ["job-name": job]), release: nil)
        let output = try await log(of: pods, 200)
        guard end == .complete else {
            throw RunnerError.migrationFailed(
                status: pods.exitCode ?? -1, lastLines: output.isEmpty ? "job \(job) failed" : output)
        }
        return output
    }

    package func lastLines(of slot: Slot, _ count: Int) async throws -> String {
        try await log(of: try await pods(slot.rawValue, nil), count)
    }

    /// Of the newest pod; when its container does not run any more, of its last run.
    private func log(of pods: PodReading, _ count: Int) async throws -> String {
        guard let newest = pods.newest else { return "" }
        do {
            return try await client.log(
                pod: resource(.pod, newest.name), container: Self.container, lines: count, previous: newest.hasRestarted
            )
        } catch KubernetesError.absent {
            return ""  // removed meanwhile
        } catch KubernetesError.refused(_, 400, _) {
            return ""  // its container has not started yet, and so has written nothing
        }
    }
}
