extension ObjectShape {
    static let tlsProbe = ObjectShape([
        .required("host", .string, "name or address to connect to"),
        .optional("port", .integer(1...65535), "default 443"),
        .optional("server_name", .string, "name that the certificate must carry; default: the host"),
        .optional("names", .list(.string), "more names that the certificate must carry"),
        .optional("authority", .path, "CA file that signed the certificate"),
        .optional(
            "starttls", .choice(["none", "postgres", "smtp", "imap"]), "protocol in which TLS begins; default none"),
        .optional("self_signed", .boolean, "whether a certificate that signs itself is wanted; default false"),
    ])

    static let tcpProbe = ObjectShape([
        .required("host", .string, "name or address to connect to"),
        .required("port", .integer(1...65535), "port to connect to"),
        .optional("closed", .boolean, "whether the port must be closed; default false"),
        .optional("closed_ports", .list(.integer(1...65535)), "more ports, which must be closed"),
        .optional("send", .secret, "text to send, with \\r and \\n as line ends; never printed"),
        .optional("banner", .string, "regular expression that the server's words must match"),
    ])

    static let dnsProbe = ObjectShape([
        .required("name", .string, "name to ask for"),
        .optional(
            "type", .choice(["A", "AAAA", "CNAME", "MX", "TXT", "NS", "SRV", "CAA", "PTR"]), "kind of record; default A"
        ),
        .optional("resolver", .string, "address[:port] of the server to ask; default: of /etc/resolv.conf"),
        .optional("resolvers", .list(.string), "servers that must all say the same"),
        .optional(
            "rcode", .choice(["NOERROR", "NXDOMAIN", "SERVFAIL", "REFUSED"]), "expected answer code; default NOERROR"),
        .optional("contains", .list(.string), "values that must be among the records"),
        .optional("equals", .list(.string), "all the values, in any order"),
        .optional("at_least", .integer(0...1000), "fewest records; default 1"),
        .optional("at_most", .integer(0...1000), "most records"),
    ])

    static let sseProbe = ObjectShape([
        .required("url", .secret, "URL of the stream"),
        .optional("headers", .map(.secret), "headers to send; their values are never printed"),
        .optional("authority", .path, "CA file that signed the certificate"),
        .optional("watch", .interval, "how long to watch, at most the target's timeout; default 5s"),
        .optional("heartbeat", .duration, "longest pause between two events or comments"),
        .optional("ids", .choice(["increasing", "unique"]), "what the events' ids must be"),
        .optional("event", .string, "name of an event that must come; unnamed ones are `message`"),
        .optional("data", .shorthand(textMatcher), "what its data must be: a part of it, or more"),
    ])
}
