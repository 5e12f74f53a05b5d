import OpsModel

/// What `podman container inspect` says of one container.
struct ContainerFacts: Decodable {
    private struct State: Decodable {
        let isRunning: Bool
        let pid: Int32
        private enum CodingKeys: String, CodingKey {
            case isRunning = "Running"
            case pid = "Pid"
        }
    }

    private struct Configuration: Decodable {
        let labels: [String: String]?
        private enum CodingKeys: String, CodingKey { case labels = "Labels" }
    }

    private let state: State
    private let configuration: Configuration
    let restarts: Int

    private enum CodingKeys: String, CodingKey {
        case state = "State"
        case configuration = "Config"
        case restarts = "RestartCount"
    }

    var isRunning: Bool { state.isRunning }
    var pid: Int32 { state.pid }

    /// nil when somebody else made the container.
    var release: Release? {
        guard let labels = configuration.labels, let name = labels[Label.name],
            let artifact = labels[Label.artifact], let digest = labels[Label.configuration]
        else { return nil }
        return Release(name: name, artifactDigest: artifact, configurationDigest: digest)
    }

    private enum Label {
        static let name = "opsctl.release"
        static let artifact = "opsctl.artifact-digest"
        static let configuration = "opsctl.configuration-digest"
    }

    /// `key=value`, from which `release` is read again.
    static func labels(of release: Release) -> [String] {
        [
            "\(Label.name)=\(release.name)", "\(Label.artifact)=\(release.artifactDigest)",
            "\(Label.configuration)=\(release.configurationDigest)",
        ]
    }
}
