import OpsConfiguration
import OpsModel
import Probes
import SocketClient

extension TLSSubject {
    init(_ value: ConfigurationValue, project: Project) {
        self.init(
            TLSProbeExpectation(
                host: value.required("host").string, port: value["port"]?.integer ?? 443,
                serverName: value["server_name"]?.string,
                authorityFile: value["authority"].map { project.absolute($0.string) },
                startTLS: value["starttls"].flatMap { StartTLS(rawValue: $0.string) } ?? .none,
                names: value["names"]?.strings ?? [], mayBeSelfSigned: value["self_signed"]?.boolean ?? false))
    }
}

extension TCPSubject {
    init(_ value: ConfigurationValue) throws {
        let port = value.required("port").integer
        let isClosed = value["closed"]?.boolean ?? false
        if isClosed, let other = value["banner"] ?? value["send"] {
            throw ConfigurationError([other.problem("a closed port says nothing", fix: "remove `closed` or this key")])
        }
        let others = value["closed_ports"]?.elements.map(\.integer) ?? []
        let message = value["send"].map {
            Secret($0.string.replacing("\\r", with: "\r").replacing("\\n", with: "\n"))
        }
        self.init(
            TCPExpectation(
                host: value.required("host").string, port: isClosed ? nil : port,
                closedPorts: (isClosed ? [port] : []) + others, banner: try value["banner"].map { try $0.pattern() }),
            message: message)
    }
}

extension DNSSubject {
    init(_ value: ConfigurationValue) throws {
        let places = (value["resolver"].map { [$0] } ?? []) + (value["resolvers"]?.elements ?? [])
        let name = value.required("name")
        let type = value["type"].flatMap { DNSType(rawValue: $0.string) } ?? .a
        _ = try placed(name) { try DNSQuestion(name: name.string, type: type).query(id: 0) }
        self.init(
            DNSExpectation(
                name: name.string, type: type,
                resolvers: try places.map { place in try placed(place) { try DNSResolver(place.string) } },
                rcode: value["rcode"]?.string ?? "NOERROR", contains: value["contains"]?.strings ?? [],
                equals: value["equals"]?.strings ?? [], atLeast: value["at_least"]?.integer,
                atMost: value["at_most"]?.integer))
    }
}

extension SSESubject {
    init(_ value: ConfigurationValue, project: Project) throws {
        let url = value.required("url")
        _ = try httpURL(url)
        var expectation = SSEExpectation(
            url: url.string, watch: value["watch"]?.duration ?? .seconds(5),
            authorityFile: value["authority"].map { project.absolute($0.string) })
        expectation.ids = value["ids"].flatMap { SSEExpectation.IDRule(rawValue: $0.string) }
        expectation.event = value["event"]?.string ?? (value["data"] == nil ? nil : "message")
        expectation.data = try value["data"].map { try ValueMatcher(text: $0) }
        expectation.heartbeat = value["heartbeat"]?.duration.seconds
        self.init(
            url: url.secret, headers: value["headers"]?.entries.map { ($0.key, $0.value.secret) } ?? [], expectation)
    }
}
