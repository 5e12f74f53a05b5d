import OpsModel

/// What the steps say about themselves.
extension PITRFlow {
    static func text(_ facts: LiveServer.Facts) -> String {
        let timeout = facts.archiveTimeout == .zero ? "0 (no bound)" : facts.archiveTimeout.text
        return
            "PostgreSQL \(facts.version), \(megabytes(facts.size)), checksums \(facts.checksums ? "on" : "off"), archive_timeout \(timeout)"
    }

    static func text(_ backup: DrillBackup) -> String {
        "\(backup.label), \(megabytes(backup.sizeBytes))\(backup.isVerified ? ", every file verified" : "")"
    }

    static func text(_ wait: ArchiveWait) -> String {
        "in the archive after \(wait.exposure.text)\(wait.isForced ? ", segment closed by the drill" : "")"
    }

    static func text(_ restored: PITRFindings.Restored) -> String {
        "row before the target \(restored.hasRowBefore ? "there" : "missing"), row after it \(restored.hasRowAfter ? "there" : "missing")"
    }

    static func reason(_ error: any Error) -> String { (error as? any DiagnosableError)?.diagnostic.why ?? "\(error)" }
}
