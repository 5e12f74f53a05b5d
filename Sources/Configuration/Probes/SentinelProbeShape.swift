extension ObjectShape {
    static let sentinelProbe = ObjectShape([
        .required("urls", .list(.secret), "rediss:// URLs of all sentinels"),
        .required("master", .string, "name under which they watch the master"),
        .optional("authority", .path, "CA file that signed the certificates of sentinels and data nodes"),
        .optional("sentinels", .integer(1...100), "sentinels in all; default: as many as there are URLs"),
        .optional("replicas", .integer(0...100), "replicas in step that could take over"),
        .optional(
            "data_url", .secret,
            "rediss:// URL with the credentials to ask the master for its role; host and port are sentinel's"),
    ])

    static let redisClusterProbe = ObjectShape([
        .required("url", .secret, "rediss:// URL of one node"),
        .optional("authority", .path, "CA file that signed the node's certificate"),
        .optional("replicas", .integer(0...100), "replicas of every shard, at least"),
    ])
}
