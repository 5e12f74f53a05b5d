import Foundation
import Glibc
import OpsModel
import ProcessClient
import TestSupport

@testable import Deploy

/// A store of podman's own and an image made of one static program, which tells what it may do.
struct ContainerFixture: Sendable {
    static let requirement = Requirement("podman", "runc", "gcc", "tar")

    let folder: String
    /// `localhost/opsctl-test@sha256:…`
    let image: String
    let runner: ContainerRunner
    let ports: [Int]
    let podman: String

    private static let program = #"""
        #include <arpa/inet.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <signal.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/socket.h>
        #include <unistd.h>
        static void leave(int signal) { printf("leaving\n"); fflush(stdout); exit(0); }
        static void tell(char *out, size_t size) {
            FILE *status = fopen("/proc/self/status", "r");
            char line[256];
            size_t used = 0;
            while (fgets(line, sizeof line, status))
                if (!strncmp(line, "Uid", 3) || !strncmp(line, "CapEff", 6) || !strncmp(line, "CapBnd", 6) || !strncmp(line, "NoNewPrivs", 10))
                    used += snprintf(out + used, size - used, "%s", line);
            fclose(status);
            int root = open("/here", O_CREAT | O_WRONLY, 0600);
            used += snprintf(out + used, size - used, "root %s\n", root < 0 && errno == EROFS ? "read-only" : "WRITABLE");
            int scratch = open("/tmp/here", O_CREAT | O_WRONLY, 0600);
            used += snprintf(out + used, size - used, "tmp %s\n", scratch < 0 ? "REFUSED" : "writable");
            snprintf(out + used, size - used, "name %s\nsecret %s\n", getenv("NAME"), getenv("SECRET"));
        }
        int main(int count, char **arguments) {
            signal(SIGTERM, leave);
            if (count > 1 && !strcmp(arguments[1], "migrate")) {
                if (getenv("SLOW")) { signal(SIGTERM, SIG_IGN); for (;;) pause(); }
                printf("migrated for %s\n", getenv("NAME"));
                return getenv("BROKEN") ? 3 : 0;
            }
            if (count > 1 && !strcmp(arguments[1], "eat")) {
                for (int i = 0; i < 400; i++) { char *p = malloc(1 << 20); memset(p, 1, 1 << 20); }
                return 0;
            }
            if (count > 1 && !strcmp(arguments[1], "die")) { fprintf(stderr, "cannot start: no database\n"); return 2; }
            int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
            setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
            struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(atoi(getenv("PORT")))};
            if (bind(listener, (struct sockaddr *)&place, sizeof place) || listen(listener, 16)) { perror("bind"); return 1; }
            printf("listening\n"); fflush(stdout);
            for (;;) {
                int peer = accept(listener, 0, 0);
                char request[4096], body[2048], answer[4096];
                if (read(peer, request, sizeof request) < 0) continue;
                tell(body, sizeof body);
                int size = snprintf(answer, sizeof answer, "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %zu\r\n\r\n%s", strlen(body), body);
                if (write(peer, answer, size) < 0) perror("write");
                close(peer);
            }
        }
        """#

    /// runc, cgroupfs and limits within those of this machine: podman's defaults ask for systemd and more open files.
    private static let configuration = """
        [engine]
        runtime = "runc"
        cgroup_manager = "cgroupfs"
        events_logger = "file"
        [containers]
        default_ulimits = ["nofile=1024:1024","nproc=1024:1024"]
        """

    static func run(
        _ change: (inout ContainerRunner.Settings) -> Void = { _ in }, _ body: (ContainerFixture) async throws -> Void
    ) async throws {
        try await withScratchDirectory { folder async throws in
            let podman = try prepare(folder)
            let ports = try freeLoopbackPorts(3)
            var settings = ContainerRunner.Settings(
                service: "test", bluePort: ports[0], greenPort: ports[1], stopGrace: .seconds(2))
            settings.podman = podman
            settings.memoryMegabytes = 64
            change(&settings)
            let fixture = ContainerFixture(
                folder: folder, image: try await makeImage(folder, podman), runner: ContainerRunner(settings),
                ports: ports, podman: podman)
            let result: Result<Void, any Error>
            do { result = .success(try await body(fixture)) } catch { result = .failure(error) }
            _ = try await runCommand(Command(podman, ["rm", "--force", "--all", "--time", "0"]), timeout: .seconds(60))
            // podman's own cleanup of a container that ended may still be at work there.
            try await eventually("podman's store is removed") {
                umount2("\(folder)/graph/overlay", Int32(MNT_DETACH))
                do { try FileManager.default.removeItem(atPath: "\(folder)/graph") } catch { return false }
                return true
            }
            try result.get()
        }
    }

    /// A podman with a store of its own. The variables stand in a script: tests run beside each other in one process.
    private static func prepare(_ folder: String) throws -> String {
        try configuration.write(toFile: "\(folder)/containers.conf", atomically: true, encoding: .utf8)
        try "[storage]\ndriver = \"overlay\"\ngraphroot = \"\(folder)/graph\"\nrunroot = \"\(folder)/run\"\n"
            .write(toFile: "\(folder)/storage.conf", atomically: true, encoding: .utf8)
        let script =
            "#!/bin/sh\nexport CONTAINERS_CONF=\(folder)/containers.conf CONTAINERS_STORAGE_CONF=\(folder)/storage.conf\n"
            + "echo \"$@\" >> \(folder)/arguments\nexec podman \"$@\"\n"
        try script.write(toFile: "\(folder)/podman", atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/podman")
        return "\(folder)/podman"
    }

    private static func makeImage(_ folder: String, _ podman: String) async throws -> String {
        try program.write(toFile: "\(folder)/service.c", atomically: true, encoding: .utf8)
        let commands = [
            Command("gcc", ["-static", "-O1", "-o", "\(folder)/service", "\(folder)/service.c"]),
            Command("tar", ["-C", folder, "-cf", "\(folder)/image.tar", "service"]),
            Command(
                podman,
                [
                    "import", "--quiet", "--change", "ENTRYPOINT [\"/service\"]", "\(folder)/image.tar",
                    "localhost/opsctl-test:1",
                ]),
        ]
        for command in commands { try await runCommand(command, timeout: .seconds(120)).checked(command) }
        let inspect = Command(podman, ["image", "inspect", "--format", "{{.Digest}}", "localhost/opsctl-test:1"])
        let digest = try await runCommand(inspect, timeout: .seconds(30)).checked(inspect).output
        return "localhost/opsctl-test@\(digest.trimmingCharacters(in: .whitespacesAndNewlines))"
    }

    func launch(
        _ name: String = "one", image: String? = nil, arguments: [String] = [], _ more: [String: String] = [:]
    ) -> ReleaseLaunch {
        let variables = ["NAME": "${release:name}", "PORT": "${slot:port}", "SECRET": "s3cret\nwith two lines"]
        let reference = image ?? self.image
        return ReleaseLaunch(
            release: Release(
                name: name, artifactDigest: String(reference.split(separator: ":").last ?? ""),
                configurationDigest: name.padding(toLength: 64, withPad: "0", startingAt: 0)),
            artifact: reference, arguments: arguments, migrateArguments: ["migrate"],
            environment: variables.merging(more) { $1 }.mapValues(Secret.init))
    }

    /// Every command line that podman got.
    var arguments: String { get throws { try String(contentsOfFile: "\(folder)/arguments", encoding: .utf8) } }
}
