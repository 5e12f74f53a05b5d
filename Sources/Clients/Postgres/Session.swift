import Blocking
import CLinux
import CPostgres
import Glibc
import OpsModel

/// Owns one PGconn; used by one thread at a time.
struct Session: ~Copyable {
    // Sound: libpq allows a PGconn on any thread as long as one uses it at a time; the owner's Mutex sees to that.
    nonisolated(unsafe) let connection: OpaquePointer
    let server: String
    /// A statement was left half read: the session can only be closed.
    var isAbandoned = false
    private var trips = RoundTripCounter()

    private init(connection: OpaquePointer, server: String) {
        (self.connection, self.server) = (connection, server)
    }

    deinit { PQfinish(connection) }

    static func open(_ url: PostgresURL, applicationName: String, options: [String: String], _ waiter: Waiter) throws
        -> Session
    {
        guard let connection = start(url, applicationName: applicationName, options: options) else {
            throw PostgresError.connection(server: url.endpoint, sqlState: nil, message: "out of memory")
        }
        var session = Session(connection: connection, server: url.endpoint)
        // Verbose messages carry the SQLSTATE, which libpq gives no other access to before the session stands.
        PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
        PQsetNoticeReceiver(connection, { _, _ in }, nil)  // notices would go to our stderr
        try session.connect(waiter)
        PQsetErrorVerbosity(connection, PQERRORS_DEFAULT)
        PQsetnonblocking(connection, 1)
        return session
    }

    private static func start(_ url: PostgresURL, applicationName: String, options: [String: String]) -> OpaquePointer?
    {
        var settings = [
            "host": url.host, "port": String(url.port), "user": url.user, "dbname": url.database,
            "sslmode": url.tlsMode.rawValue, "application_name": applicationName, "client_encoding": "UTF8",
            "passfile": "/dev/null/none", "gssencmode": "disable",
        ]
        if !url.addresses.isEmpty {
            // libpq tries the hosts in order; each needs its name, which the certificate is checked against.
            settings["hostaddr"] = url.addresses.joined(separator: ",")
            settings["host"] = url.addresses.map { _ in url.host }.joined(separator: ",")
        }
        if let password = url.password { settings["password"] = password.reveal() }
        if let file = url.authorityFile { settings["sslrootcert"] = file }
        if !options.isEmpty {
            settings["options"] = options.map { "-c \($0.key)=\($0.value)" }.sorted().joined(separator: " ")
        }
        let pairs = settings.sorted { $0.key < $1.key }
        let names = pairs.map { strdup($0.key) }
        let values = pairs.map { strdup($0.value) }
        defer { for pointer in names + values { free(pointer) } }
        let namePointers = names.map { UnsafePointer($0) } + [nil]
        let valuePointers = values.map { UnsafePointer($0) } + [nil]
        return PQconnectStartParams(namePointers, valuePointers, 0)
    }

    private mutating func connect(_ waiter: Waiter) throws {
        var state = PGRES_POLLING_WRITING
        var phase = "connect"
        while state != PGRES_POLLING_OK {
            guard PQstatus(connection) != CONNECTION_BAD, state != PGRES_POLLING_FAILED else {
                throw connectionError(during: phase)
            }
            phase = self.phase
            try wait(for: state == PGRES_POLLING_READING ? POLLIN : POLLOUT, phase: phase, waiter)
            state = withP256First { PQconnectPoll(connection) }
        }
    }

    private var phase: String {
        switch PQstatus(connection) {
        case CONNECTION_STARTED, CONNECTION_NEEDED: "connect"
        case CONNECTION_SSL_STARTUP: "tls"
        case CONNECTION_MADE, CONNECTION_AWAITING_RESPONSE, CONNECTION_AUTH_OK: "authenticate"
        default: "startup"
        }
    }

    var message: String {
        String(cString: PQerrorMessage(connection)).split(separator: "\n")
            .filter { !$0.hasPrefix("LOCATION:") }.map { $0.drop(while: \.isWhitespace) }.joined(separator: "; ")
    }

    private func connectionError(during phase: String) -> PostgresError {
        if PQconnectionNeedsPassword(connection) == 1 { return .passwordRequired(server: server) }
        let text = message
        let state = text.firstMatch(of: #/: +\S+: +([0-9A-Z]{5}): /#).map { String($0.1) }
        if state == nil, phase == "tls" { return .tls(server: server, message: text) }
        return .connection(
            server: server, sqlState: state, message: state.map { text.replacing("\($0): ", with: "") } ?? text)
    }

    var tlsVersion: String? {
        PQsslInUse(connection) == 1 ? PQsslAttribute(connection, "protocol").map { String(cString: $0) } : nil
    }

    var serverVersion: Int { Int(PQserverVersion(connection)) }

    func parameter(_ name: String) -> String? { PQparameterStatus(connection, name).map { String(cString: $0) } }

    var isUsable: Bool { !isAbandoned && PQstatus(connection) == CONNECTION_OK }

    /// With `parameters` nil the simple protocol is used, which takes several statements.
    mutating func execute(_ sql: String, _ parameters: [String?]?, _ waiter: Waiter) throws -> [PostgresRows] {
        guard isUsable, send(sql, parameters) else { throw PostgresError.lost(server: server, message: message) }
        do {
            while PQflush(connection) == 1 { try wait(for: POLLOUT, phase: "query", waiter) }
            return try collect(waiter)
        } catch let error as WaitError {
            isAbandoned = true
            askToCancel()
            throw error
        }
    }

    borrowing func send(_ sql: String, _ parameters: [String?]?) -> Bool {
        guard let parameters else { return PQsendQuery(connection, sql) == 1 }
        let copies = parameters.map { $0.flatMap { strdup($0) } }
        defer { for pointer in copies { free(pointer) } }
        let values = copies.map { $0.map { UnsafePointer($0) } }
        return PQsendQueryParams(connection, sql, Int32(values.count), nil, values, nil, nil, 0) == 1
    }

    /// Reads every result up to the end of the exchange, so that the session is usable again also after an error.
    private mutating func collect(_ waiter: Waiter) throws -> [PostgresRows] {
        var results: [PostgresRows] = []
        var failure: PostgresError?
        while true {
            while PQisBusy(connection) == 1 {
                try wait(for: POLLIN, phase: "query", waiter)
                guard PQconsumeInput(connection) == 1 else { throw failure ?? .lost(server: server, message: message) }
            }
            guard let result = PQgetResult(connection) else { break }
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK: results.append(rows(of: result))
            case PGRES_EMPTY_QUERY: break
            default: if failure == nil { failure = queryError(result) }
            }
        }
        if let failure { throw failure }
        return results
    }

    func queryError(_ result: OpaquePointer) -> PostgresError {
        let state = PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) }
        let primary = PQresultErrorField(result, Int32(UInt8(ascii: "M"))).map { String(cString: $0) }
        guard PQstatus(connection) == CONNECTION_OK || state != nil else {
            return .lost(server: server, message: message)
        }
        return .query(sqlState: state, message: primary ?? message)
    }

    func rows(of result: OpaquePointer) -> PostgresRows {
        let columns = (0..<PQnfields(result)).map { String(cString: PQfname(result, $0)) }
        let rows = (0..<PQntuples(result)).map { row in
            (0..<PQnfields(result)).map { column in
                PQgetisnull(result, row, column) == 1 ? nil : String(cString: PQgetvalue(result, row, column))
            }
        }
        return PostgresRows(columns: columns, rows: rows, affected: Int(String(cString: PQcmdTuples(result))) ?? 0)
    }

    /// Waits for the server, and counts a round trip when something was sent since the last wait for an answer.
    mutating func wait(for events: Int32, phase: String, _ waiter: Waiter) throws {
        if events & POLLIN != 0 { trips.note(sent: clinux_tcp_bytes_sent(PQsocket(connection))) }
        try waiter.wait(PQsocket(connection), for: events, phase: phase)
    }

    /// Round trips since TCP stood; nil where the kernel does not count, as on a unix socket.
    var roundTrips: Int? { trips.count }

    /// Kindness to the server. PQcancel opens a second, unencrypted connection that carries only a random key, and blocks
    /// without a limit when the server hangs: it gets a thread of its own, which nobody waits for.
    func askToCancel() {
        guard let request = PQgetCancel(connection) else { return }
        var thread = pthread_t()
        let started = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let request = OpaquePointer(argument)
                var buffer = [CChar](repeating: 0, count: 256)
                PQcancel(request, &buffer, Int32(buffer.count))
                PQfreeCancel(request)
                return nil
            }, UnsafeMutableRawPointer(request))
        if started == 0 { pthread_detach(thread) } else { PQfreeCancel(request) }
    }
}
