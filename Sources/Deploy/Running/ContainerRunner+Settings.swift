package import OpsModel

extension ContainerRunner {
    package struct Settings: Sendable, Equatable {
        package enum Network: String, Sendable { case host, published }

        /// A folder or file of this machine inside the container.
        package struct Volume: Sendable, Equatable {
            package let source: String
            package let target: String
            package let isWritable: Bool
            package init(source: String, target: String, isWritable: Bool) {
                (self.source, self.target, self.isWritable) = (source, target, isWritable)
            }
        }

        package var service: String
        package var bluePort: Int
        package var greenPort: Int
        package var podman = "podman"
        package var network = Network.host
        /// Port inside, where one is published; nil: the slot's own.
        package var containerPort: Int?
        package var user = "10001:10001"
        package var memoryMegabytes = 512
        package var processes = 256
        package var tmpfsMegabytes = 64
        package var volumes: [Volume] = []
        /// Between TERM and KILL.
        package var stopGrace: Duration

        package init(service: String, bluePort: Int, greenPort: Int, stopGrace: Duration) {
            (self.service, self.bluePort, self.greenPort) = (service, bluePort, greenPort)
            self.stopGrace = stopGrace
        }

        func port(_ slot: Slot) -> Int {
            switch slot {
            case .blue: bluePort
            case .green: greenPort
            }
        }

        /// The port that the release listens on, as its own network sees it.
        func innerPort(_ slot: Slot) -> Int {
            switch network {
            case .host: port(slot)
            case .published: containerPort ?? port(slot)
            }
        }

        /// What is taken from a container, whatever it runs.
        var hardening: [String] {
            [
                "--user", user, "--read-only", "--cap-drop", "all", "--security-opt", "no-new-privileges",
                "--memory", "\(memoryMegabytes)m", "--memory-swap", "\(memoryMegabytes)m", "--pids-limit",
                String(processes), "--tmpfs", "/tmp:rw,size=\(tmpfsMegabytes)m,mode=1777,noexec,nosuid,nodev",
            ] + volumes.flatMap { ["--volume", "\($0.source):\($0.target):\($0.isWritable ? "rw" : "ro")"] }
        }
    }
}
