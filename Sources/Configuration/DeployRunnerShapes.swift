extension ObjectShape {
    static let runner = ObjectShape(
        [
            .optional("process", .object(processRunner), "processes on this machine"),
            .optional("container", .object(containerRunner), "podman containers on this machine"),
            .optional("systemd", .object(systemdRunner), "transient systemd units on this machine"),
        ] + ObjectShape.Field.backendRunners,
        exactlyOne: ["process", "container", "systemd", "ecs", "kubernetes"])

    static let processRunner = ObjectShape([
        .required("folder", .path, "folder for releases, logs and process records")
    ])

    static let containerRunner = ObjectShape([
        .optional("podman", .path, "the program; default: podman of PATH"),
        .optional("network", .choice(["host", "published"]), "host, or one port published on loopback; default host"),
        .optional("container_port", .integer(1...65535), "port inside, where it is published; default: the slot's"),
        .optional("user", .string, "UID:GID that it runs as; default 10001:10001"),
        .optional("memory_mb", .integer(8...1_048_576), "limit of memory, no swap; default 512"),
        .optional("pids", .integer(1...1_000_000), "limit of processes and threads; default 256"),
        .optional("tmpfs_mb", .integer(1...65536), "size of /tmp, the only place to write; default 64"),
        .optional("volumes", .list(.object(containerVolume)), "folders of this machine that it needs"),
    ])

    static let containerVolume = ObjectShape([
        .required("source", .path, "folder or file here"),
        .required("target", .string, "absolute path inside"),
        .optional("writable", .boolean, "default false"),
    ])

    static let systemdRunner = ObjectShape([
        .required("folder", .path, "folder for releases"),
        .optional("user", .string, "account that it runs as; default: a dynamic one"),
        .optional("memory_mb", .integer(8...1_048_576), "MemoryMax; default 512"),
        .optional("tasks", .integer(1...1_000_000), "TasksMax; default 256"),
        .optional("writable", .list(.path), "folders that it may write to; default none but its private /tmp"),
    ])
}
