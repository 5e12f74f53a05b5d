/// What this server counts.
extension Metrics.Family {
    private static let seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

    static let requests = Self(
        name: "app_http_requests_total", kind: .counter, help: "Requests answered, by route, method and status.")
    static let requestsAborted = Self(
        name: "app_http_requests_aborted_total", kind: .counter,
        help: "Requests whose client was gone, or was cut off, before the whole answer was written.")
    static let requestSeconds = Self(
        name: "app_http_request_duration_seconds", kind: .histogram,
        help: "Time from request head to the last byte of the response.", buckets: seconds)
    static let requestsInFlight = Self(
        name: "app_http_requests_in_flight", kind: .gauge, help: "Requests that are being answered now.")
    static let bytesReceived = Self(
        name: "app_upload_bytes_total", kind: .counter, help: "Bytes of accepted uploads.")
    static let bytesSent = Self(
        name: "app_download_bytes_total", kind: .counter, help: "Bytes of results sent to clients.")
    static let jobsFinished = Self(
        name: "app_jobs_finished_total", kind: .counter, help: "Jobs that ended in this process, by kind and result.")
    static let jobSeconds = Self(
        name: "app_job_duration_seconds", kind: .histogram, help: "Time from claim to end of a job, by kind.",
        buckets: seconds)
    static let childCrashes = Self(
        name: "app_compression_crashes_total", kind: .counter, help: "Compression processes that died or hung.")
    static let jobBytesIn = Self(name: "app_job_input_bytes_total", kind: .counter, help: "Bytes given to compression.")
    static let jobBytesOut = Self(
        name: "app_job_output_bytes_total", kind: .counter, help: "Bytes that came out of it.")

    static let jobs = Self(name: "app_jobs", kind: .gauge, help: "Jobs in the database, by status.")
    static let queueDepth = Self(name: "app_queue_depth", kind: .gauge, help: "Jobs that wait for a worker.")
    static let databaseUp = Self(
        name: "app_database_up", kind: .gauge, help: "Whether the database answered this scrape.")
    static let build = Self(name: "app_build_info", kind: .gauge, help: "Always 1; labels name the release.")

    static let cpuSeconds = Self(
        name: "process_cpu_seconds_total", kind: .counter, help: "User and system CPU time of this process.")
    static let residentBytes = Self(
        name: "process_resident_memory_bytes", kind: .gauge, help: "Resident memory of this process.")
    static let openDescriptors = Self(name: "process_open_fds", kind: .gauge, help: "Open file descriptors.")
    static let startTime = Self(
        name: "process_start_time_seconds", kind: .gauge, help: "Start time since the epoch, in seconds.")
}
