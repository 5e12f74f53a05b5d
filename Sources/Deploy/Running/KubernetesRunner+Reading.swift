import OpsModel

/// What a Deployment says of its slot.
struct DeploymentReading {
    let release: Release?
    let wantsPods: Bool

    /// - Throws: `RunnerError.record` when somebody else has made it.
    init(_ object: PlainJSON, place: String) throws(RunnerError) {
        func note(_ name: String) -> String? { object.value(at: ["metadata", "annotations", name])?.scalarText }
        guard let name = note(KubernetesRunner.releaseAnnotation),
            let artifact = note(KubernetesRunner.artifactAnnotation),
            let configuration = note(KubernetesRunner.configurationAnnotation)
        else { throw .record(path: "deployment \(place)", why: "it has no opsctl.dev annotations") }
        release = Release(name: name, artifactDigest: artifact, configurationDigest: configuration)
        // Default 1 (DeploymentSpec.replicas).
        wantsPods = (object.value(at: ["spec", "replicas"]) ?? .integer(1)) != .integer(0)
    }
}

/// The pods of a slot or a Job.
struct PodReading {
    private let pods: [PlainJSON]

    /// - Parameter release: only its pods; nil takes all.
    init(_ pods: [PlainJSON], release: Release?) {
        self.pods = pods.filter { pod in
            guard let release else { return true }
            let notes = pod.value(at: ["metadata", "annotations"])
            return notes?[KubernetesRunner.artifactAnnotation]?.scalarText == release.artifactDigest
                && notes?[KubernetesRunner.configurationAnnotation]?.scalarText == release.configurationDigest
        }
    }

    var count: Int { pods.count }

    private func containers(_ pod: PlainJSON) -> [PlainJSON] {
        pod.value(at: ["status", "containerStatuses"])?.elements ?? []
    }

    /// There are pods, and each has failed or waits for what will not come by itself. None yet is a start under way.
    var haveAllEnded: Bool {
        !pods.isEmpty
            && pods.allSatisfy { pod in
                let phase = pod.value(at: ["status", "phase"])?.scalarText
                return phase == "Failed" || phase == "Succeeded"
                    || containers(pod).contains { container in
                        let reason = container.value(at: ["state", "waiting", "reason"])?.scalarText
                        return container.value(at: ["state", "terminated"]) != nil
                            || reason.map(Self.hopeless.contains) ?? false
                    }
            }
    }

    /// Reasons of a waiting container that end in another release, not in a longer wait (kubelet).
    private static let hopeless: Set = [
        "CrashLoopBackOff", "CreateContainerConfigError", "ErrImageNeverPull", "ErrImagePull", "ImagePullBackOff",
        "InvalidImageName", "RunContainerError",
    ]

    var restarts: Int {
        pods.flatMap(containers).reduce(0) { sum, container in
            guard case .integer(let count)? = container["restartCount"] else { return sum }
            return sum + count
        }
    }

    /// Exit code of a container that has ended.
    var exitCode: Int32? {
        for container in pods.flatMap(containers) {
            if case .integer(let code)? = container.value(at: ["state", "terminated", "exitCode"]) {
                return Int32(truncatingIfNeeded: code)
            }
        }
        return nil
    }

    /// Creation times are RFC 3339 in UTC and so sort as text.
    var newest: (name: String, hasRestarted: Bool)? {
        let latest = pods.max { left, right in time(left) < time(right) }
        guard let latest, let name = latest.value(at: ["metadata", "name"])?.scalarText else { return nil }
        let waits = containers(latest).contains { container in
            guard case .integer(let count)? = container["restartCount"], count > 0 else { return false }
            return container.value(at: ["state", "running"]) == nil
        }
        return (name, waits)
    }

    private func time(_ pod: PlainJSON) -> String {
        pod.value(at: ["metadata", "creationTimestamp"])?.scalarText ?? ""
    }
}

/// How a Job has ended; nil while it runs.
enum JobEnd {
    case complete, failed

    init?(_ job: PlainJSON) {
        let types = (job.value(at: ["status", "conditions"])?.elements ?? [])
            .filter { $0["status"] == .string("True") }.compactMap { $0["type"]?.scalarText }
        if types.contains("Complete") {
            self = .complete
        } else if types.contains("Failed") {
            self = .failed
        } else {
            return nil
        }
    }
}
