package import OpsModel

extension SystemdRunner {
    package struct Settings: Sendable, Equatable {
        package var service: String
        package var folder: String
        package var bluePort: Int
        package var greenPort: Int
        /// nil: systemd makes one for the length of the run (DynamicUser).
        package var user: String?
        package var memoryMegabytes = 512
        package var tasks = 256
        /// Folders that the release may write to.
        package var writable: [String] = []
        /// Between TERM and KILL.
        package var stopGrace: Duration

        package init(service: String, folder: String, bluePort: Int, greenPort: Int, stopGrace: Duration) {
            (self.service, self.folder, self.bluePort) = (service, folder, bluePort)
            (self.greenPort, self.stopGrace) = (greenPort, stopGrace)
        }

        func port(_ slot: Slot) -> Int {
            switch slot {
            case .blue: bluePort
            case .green: greenPort
            }
        }

        /// Options of systemd-run: limits, and what is taken from the release (systemd.exec(5), systemd.resource-control(5)).
        func properties(variables file: String) -> [String] {
            let account = user.map { ["User=\($0)"] } ?? ["DynamicUser=yes"]
            let fixed = [
                "EnvironmentFile=\(file)", "Restart=no", "KillMode=mixed",
                "TimeoutStopSec=\(max(1, Int(stopGrace.seconds.rounded(.up))))", "MemoryMax=\(memoryMegabytes)M",
                "MemorySwapMax=0", "TasksMax=\(tasks)", "NoNewPrivileges=yes", "CapabilityBoundingSet=",
                "AmbientCapabilities=", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes",
                "PrivateDevices=yes", "ProtectKernelTunables=yes", "ProtectKernelModules=yes",
                "ProtectControlGroups=yes", "RestrictSUIDSGID=yes", "RestrictNamespaces=yes", "LockPersonality=yes",
                "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6", "SystemCallFilter=@system-service",
                "SystemCallArchitectures=native", "UMask=0077",
            ]
            return (account + fixed + writable.map { "ReadWritePaths=\($0)" }).map { "--property=\($0)" }
        }
    }
}
