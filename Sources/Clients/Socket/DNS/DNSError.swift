package import OpsModel

/// Why a DNS server's answer cannot be used. An answer with any RCODE is not an error.
package enum DNSError: DiagnosableError, Equatable {
    case malformed(String)
    /// The name does not fit into a query.
    case name(String)
    /// Not `address` or `address:port`.
    case resolver(String)

    package var diagnostic: Diagnostic {
        switch self {
        case .malformed(let why):
            Diagnostic(
                "dns.malformed", what: "cannot read the answer", place: "resolver", why: why,
                fix: "ask another resolver: dig @ADDRESS NAME")
        case .name(let name):
            Diagnostic(
                "dns.name", what: "cannot ask for the name", place: name, why: "a label has 1 to 63 bytes, a name 253",
                fix: "correct the name")
        case .resolver(let text):
            Diagnostic(
                "dns.resolver", what: "cannot ask the resolver", place: text, why: "`\(text)` is no address",
                fix: "write an address with an optional port: 192.0.2.53, 192.0.2.53:5353, [2001:db8::53]:53")
        }
    }
}
