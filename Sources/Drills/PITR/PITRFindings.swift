/// What a drill has seen so far; parts stay nil when it ended before them.
struct PITRFindings: Sendable {
    var serverVersion: String?
    var systemIdentifier: String?
    var archiveTimeout: Duration?
    var backup: DrillBackup?
    var target: String?
    var expectedCounts: ClusterCounts?
    var archived: ArchiveWait?
    var restored: Restored?
    var recovery: Duration?

    /// What the restored copy answered.
    struct Restored: Sendable {
        let hasRowBefore: Bool
        let hasRowAfter: Bool
        let systemIdentifier: String
        let counts: ClusterCounts
    }

    /// The most that could have been lost: where we closed the segment ourselves, an idle server would have waited for
    /// archive_timeout first. Nil when nothing bounds it.
    var worstExposure: Duration? {
        guard let archived else { return nil }
        guard archived.isForced else { return archived.exposure }
        guard let archiveTimeout, archiveTimeout > .zero else { return nil }
        return archived.exposure + archiveTimeout
    }
}
