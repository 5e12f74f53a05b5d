extension PostgresSubject {
    private static let monitor = "GRANT pg_monitor TO <role>"

    static let replicationChecks = [
        CheckDefinition(
            "replication_lag", "How old is what the replica shows, and does its primary still speak to it?",
            why: "readers see the past; one whose link is dead stays there", privilege: monitor,
            limits: .atMost(warn: 5, fail: 30, "s")),
        CheckDefinition(
            "replication_lag_bytes", "How much WAL has the replica not replayed?",
            why: "it must all be replayed before the replica can take over", in: .review, privilege: monitor,
            limits: .atMost(warn: 67_108_864, fail: 1_073_741_824, "B")),
        CheckDefinition(
            "replay_paused", "Is the replica's replay running?",
            why: "a pause that was forgotten ends with a full disk",
            in: .review),
        CheckDefinition(
            "standbys", "Do the required standbys stream, and one that commits wait for?",
            why: "without a standby nothing can take over; without a synchronous one commits hang", in: .review,
            privilege: monitor),
        CheckDefinition(
            "replication_slots", "How much WAL do slots hold back that nobody reads, and is none lost?",
            why: "a slot without a reader keeps WAL until the disk is full, or loses its standby", in: .review,
            limits: .atMost(warn: 268_435_456, fail: 4_294_967_296, "B")),
        CheckDefinition(
            "archiver", "For how long has finished WAL waited for the archive?",
            why: "what is not archived cannot be restored, and fills the disk", in: .review,
            limits: .atMost(warn: 300, fail: 900, "s")),
    ]
}
