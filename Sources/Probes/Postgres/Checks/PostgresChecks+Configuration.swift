extension PostgresSubject {
    static let configurationChecks = [
        CheckDefinition(
            "version", "Is the server at least of the required version?",
            why: "SQL that needs a newer one fails, and old minor versions have known holes", in: .review),
        CheckDefinition(
            "settings", "Do the server's settings have the values that are expected?",
            why: "a server that was replaced comes back with its defaults", in: .review,
            privilege: "GRANT pg_read_all_settings TO <role>, for those that not everyone may read"),
        CheckDefinition(
            "pending_restart", "How many changed settings wait for a restart?",
            why: "the next restart, perhaps in an emergency, changes behaviour", in: .review, limits: .atMost(warn: 0)),
        CheckDefinition(
            "cluster_identity", "Is it the cluster with the expected system identifier?",
            why: "a restored copy answers under the same name with other data", in: .review,
            privilege: "GRANT EXECUTE ON FUNCTION pg_control_system() TO <role>"),
        CheckDefinition(
            "extensions", "Are the required extensions there, in their versions?",
            why: "a statement that uses one fails at run time", in: .review),
        CheckDefinition(
            "migrations", "Is the schema at the version that the release expects, with no half-done migration?",
            why: "code in front of an older or half-made schema fails on its first statement", in: .review,
            privilege: "GRANT SELECT ON <table> TO <role>"),
        CheckDefinition(
            "autovacuum", "Are autovacuum and its statistics on?",
            why: "without it tables bloat until the server refuses writes", in: .review),
    ]

    static let accessChecks = [
        CheckDefinition(
            "auth_methods", "Do all remote lines of pg_hba.conf ask for SCRAM or a certificate, without errors?",
            why:
                "trust, password and md5 let a stranger in or give the password away; a line with an error stops the next start",
            in: .review,
            privilege:
                "GRANT EXECUTE ON FUNCTION pg_hba_file_rules() TO <role>; GRANT SELECT ON pg_hba_file_rules TO <role>",
            isPosture: true),
        CheckDefinition(
            "password_encryption", "Are new passwords stored for SCRAM?",
            why: "an md5 hash is as good as the password", in: .review, isPosture: true),
        CheckDefinition(
            "superuser_session", "Is the probing role no superuser?",
            why: "a probe's password should open nothing but statistics", in: .review, isPosture: true),
        CheckDefinition(
            "least_privilege", "Has the app's role no right that it does not need?",
            why: "an injected statement does what the role may do: write files, run programs, drop databases",
            in: .review,
            isPosture: true),
        CheckDefinition(
            "role_password_expiry", "How long are the passwords of the probing and the app's role still valid?",
            why: "VALID UNTIL locks the app out at that second", in: .review, limits: .atLeast(warn: 14, fail: 2, "d")),
    ]
}
