/// What HAProxy logs of one request in the format `HAProxyLogLine.format`.
package struct HAProxyLogLine: Sendable, Equatable {
    package var backend: String
    package var server: String
    /// -1 when no response was sent.
    package var status: Int
    /// From the end of the request until the server's response headers; nil when there were none.
    package var response: Duration?
    /// From the first byte of the request to the last one of the response; nil when HAProxy does not know.
    package var active: Duration?
    /// Four letters: how the session ended, and what became of its cookies; `----` is the good end.
    package var termination: String
    package var method: String
    /// As the client sent it, without its query, cut off where the line ends: never to be printed or stored.
    package var path: String

    /// The `log-format` that is read here (configuration.txt, section 8.2.4). What clients write comes last, so that nothing
    /// which they send can take the place of another field; HAProxy encodes blanks and control characters in it. `%HPO` is the
    /// path without host and query (tested with HAProxy 2.6).
    package static let format = "opsctl %b %s %ST %Tr %Ta %tsc %HM %HPO"

    /// Bytes of a line; HAProxy cuts off what is longer.
    package static let longest = 256

    /// The value of the `log` directive that sends lines to a unix datagram socket.
    package static func target(socket: String) -> String { "\(socket) len \(longest) format raw local0 info" }

    /// Reads a line with or without a syslog header; nil for one that is not of that format.
    package init?(_ text: some StringProtocol) {
        let marker = "opsctl "
        let start: String.Index
        if text.hasPrefix(marker) {
            start = text.startIndex
        } else {
            // `<134>Nov 23 04:40:37 haproxy[71]: opsctl …`
            guard text.hasPrefix("<"), let blank = text.firstRange(of: " " + marker)?.lowerBound else { return nil }
            start = text.index(after: blank)
        }
        let line = text[start...].drop { $0 != " " }.dropFirst()
        let fields = line.split(separator: " ", omittingEmptySubsequences: false).map { String($0) }
        guard fields.count == 8, !fields[0].isEmpty, !fields[1].isEmpty, fields[5].count == 4, !fields[6].isEmpty,
            let status = Int(fields[2]), (-1...999).contains(status),
            let response = Self.milliseconds(fields[3]), let active = Self.milliseconds(fields[4])
        else { return nil }
        (backend, server, termination, method) = (fields[0], fields[1], fields[5], fields[6])
        (self.status, self.response, self.active) = (status, response.value, active.value)
        path = fields[7].last == "\n" ? String(fields[7].dropLast()) : fields[7]
    }

    /// `-1` is a time that was not reached; a leading `+` marks one that was still running when the line was written.
    private static func milliseconds(_ text: String) -> (value: Duration?, Void)? {
        guard let number = Int64(text), number >= -1, number <= 1 << 40 else { return nil }
        return (number < 0 ? nil : .milliseconds(number), ())
    }
}
