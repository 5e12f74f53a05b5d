import ProcessClient
import TestSupport
import Testing

@Suite struct DrillConfigurationTests {
    @Test(arguments: [
        ("drills:\n  pitr:\n    url: postgresql://u@h/d\n", ":4:3", "none of base_backup, pgbackrest"),
        (
            "drills:\n  pitr:\n    url: postgresql://u@h/d\n    base_backup: {wal_archive: /a}\n    pgbackrest: {stanza: s}\n",
            ":4:3", "exclude each other"
        ),
        ("drills:\n  pitr:\n    url: postgresql://u@h/d\n    base_backup: {}\n", ":6:5", "neither wal_archive"),
        (
            "drills:\n  pitr:\n    url: postgresql://u@h/d\n    base_backup: {restore_command: cp a b}\n", ":6:19",
            "%f (the segment)"
        ),
        ("drills:\n  pitr:\n    url: mysql://h\n    base_backup: {wal_archive: /a}\n", ":5:5", "expected postgresql"),
        (
            "drills:\n  pitr:\n    url: postgresql://u@h/d\n    base_backup: {wal_archve: /a}\n", ":6:19",
            "wal_archve"
        ),
        (
            "drills:\n  pitr:\n    url: postgresql://u@h/d\n    rpo: soon\n    base_backup: {wal_archive: /a}\n",
            ":6:5", "rpo"
        ),
    ])
    func aBadSettingExits78WithItsPlaceAndKey(_ text: String, _ place: String, _ why: String) async throws {
        try await Program.withProject("version: 1\nprotection: ephemeral\n" + text) { folder in
            let run = try await Program.opsctl("drill", "pitr", in: folder)
            #expect(run.status == 78, "\(run.errors)")
            #expect(run.errors.contains("environments/test.yaml\(place)"), "\(run.errors)")
            #expect(run.errors.contains(why), "\(run.errors)")
            #expect(run.errors.contains("drills.pitr"), "\(run.errors)")
        }
    }

    @Test func aProjectWithoutDrillsSaysWhatToAdd() async throws {
        try await Program.withProject("version: 1\nprotection: ephemeral\n") { folder in
            let run = try await Program.opsctl("drill", "pitr", in: folder)
            #expect(run.status == 78)
            #expect(run.errors.contains("drills"))
        }
    }
}
