import Database

/// The server's schema. Times are milliseconds since 1970 by the database's clock, which all instances share.
enum AppSchema {
    static let migrations = [
        Migration(
            1, "jobs and workers",
            common: """
                CREATE TABLE job (
                    id TEXT PRIMARY KEY,
                    status TEXT NOT NULL CHECK (status IN ('queued', 'processing', 'completed', 'failed')),
                    kind TEXT NOT NULL,
                    preset TEXT NOT NULL,
                    filename TEXT,
                    input_bytes BIGINT NOT NULL,
                    report TEXT,
                    error_code TEXT,
                    error_message TEXT,
                    progress_stage TEXT,
                    progress_done BIGINT,
                    progress_total BIGINT,
                    attempts BIGINT NOT NULL DEFAULT 0,
                    claimed_by TEXT,
                    claim_token TEXT,
                    lease_until BIGINT,
                    run_after BIGINT NOT NULL,
                    created_at BIGINT NOT NULL,
                    started_at BIGINT,
                    finished_at BIGINT
                );
                CREATE INDEX job_queue ON job (run_after, id) WHERE status = 'queued';
                CREATE INDEX job_lease ON job (lease_until) WHERE status = 'processing';
                CREATE INDEX job_finished ON job (finished_at) WHERE finished_at IS NOT NULL;
                CREATE TABLE worker (
                    id TEXT PRIMARY KEY,
                    release TEXT NOT NULL,
                    slots BIGINT NOT NULL,
                    started_at BIGINT NOT NULL,
                    seen_at BIGINT NOT NULL
                );
                """)
    ]
}
