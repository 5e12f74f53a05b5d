import Foundation
import HTTPClient
import OpsModel
import SocketClient

/// Looks at an HTTP service: the request itself, and beside it what the other checks need.
struct HTTPLook {
    let call: HTTPCall
    let expectation: HTTPExpectation
    let host: String
    let visit: Visit

    func look() async -> HTTPSnapshot {
        do {
            try LookFailure.refuseUnusable(authorityFile: expectation.authorityFile)
            for file in [call.clientCertificate?.certificateFile, call.clientCertificate?.keyFile].compactMap({ $0 })
            where !FileManager.default.isReadableFile(atPath: file) {
                throw LookFailure(
                    reason: .configuration, phase: "look", message: "the client's PEM file \(file) cannot be read")
            }
        } catch {
            return HTTPSnapshot(answer: .failed(LookFailure(error)))
        }
        async let handshake = visit.asks("certificate_expiry", "tls_version") ? lookAtHandshake() : .notLooked
        async let plaintext = lookAtPlaintext()
        async let addresses = lookAtAddresses()
        var snapshot = HTTPSnapshot(answer: await Observation.look { try await answer() })
        (snapshot.handshake, snapshot.plaintext) = (await handshake, await plaintext)
        snapshot.addresses = await addresses
        if snapshot.handshake == .notLooked, [.certificate, .tls].contains(snapshot.answer.failure?.reason) {
            snapshot.handshake = await lookAtHandshake()
        }
        if visit.asks("addresses"), known.count < 2 {
            snapshot.addresses = [.init(address: known.first ?? host, status: snapshot.answer.map(\.status))]
        }
        if visit.asks("steps"), !expectation.steps.isEmpty, snapshot.answer.facts != nil {
            snapshot.steps = .seen(
                await HTTPStepRun(call: call, expectation: expectation, addresses: known, visit: visit).run())
        }
        return snapshot
    }

    /// The host's addresses, as the run resolved them.
    var known: [String] { visit.addresses[host] ?? [] }

    private func answer() async throws -> HTTPAnswer {
        let redirects = HTTPRedirects(limit: expectation.follows, http: visit.http)
        var answer = try await redirects.send(request(addresses: known))
        // A body that no check reads is not kept: it may hold what nobody wants in a saved run.
        if !expectation.readsBody(of: answer) { answer.body = "" }
        return answer
    }

    private func request(addresses: [String]) -> HTTPRequest {
        var request = HTTPRequest(
            call.method, call.url.reveal(), headers: call.headers.map { ($0.name, $0.value.reveal()) },
            body: call.body, sink: .memory(limit: 64 << 20), timeout: visit.time.forLooking,
            authorityFile: expectation.authorityFile)
        request.addresses = addresses
        request.clientCertificate = call.clientCertificate
        request.version = expectation.version ?? .http11
        request.usesFreshConnection = true
        return request
    }

    /// A handshake of our own: it shows the certificates also where libcurl refuses them.
    private func lookAtHandshake() async -> Observation<HandshakeSight> {
        guard let parts = URLComponents(string: call.url.reveal()), parts.scheme == "https" else { return .notLooked }
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        let server = TLSServer(
            host: bare, port: parts.port ?? 443, addresses: known,
            expectation: TLSExpectation(authorityFile: expectation.authorityFile, serverName: bare))
        return await Observation.exchange { try await HandshakeSight.take(of: server, timeout: visit.time.forLooking) }
    }

    /// The same path without TLS; nothing secret is sent there.
    private func lookAtPlaintext() async -> Observation<HTTPSnapshot.Plaintext> {
        guard visit.asks("plaintext_redirect"), let port = expectation.plaintextPort,
            var parts = URLComponents(string: call.url.reveal())
        else { return .notLooked }
        (parts.scheme, parts.port, parts.user, parts.password, parts.query) = ("http", port, nil, nil, nil)
        guard let url = parts.string else { return .notLooked }
        let outcome: Observation<HTTPSnapshot.Plaintext> = await Observation.look {
            var request = HTTPRequest("GET", url, timeout: visit.time.forLooking)
            (request.addresses, request.usesFreshConnection) = (known, true)
            let response = try await visit.http.send(request)
            return .init(status: response.status, location: response.header("location").map(storableURL))
        }
        guard outcome.failure?.reason == .refused else { return outcome }
        // libcurl calls every connection that fails so, also for want of a socket here.
        let closed = await lookAtClosedPort(port, host: host, addresses: known, timeout: visit.time.forLooking)
        return closed.failure.map { .failed($0) } ?? outcome
    }

    /// Whether asking more than once changes nothing there.
    private var isSafe: Bool { ["GET", "HEAD", "OPTIONS"].contains(call.method) }

    /// Every address of the host at once; with a single one the main request has shown it.
    private func lookAtAddresses() async -> [HTTPSnapshot.AddressSight] {
        guard visit.asks("addresses"), known.count > 1, isSafe else { return [] }
        return await withTaskGroup(of: (Int, HTTPSnapshot.AddressSight).self) { group in
            for (index, address) in known.enumerated() {
                group.addTask {
                    let status = await Observation.look {
                        try await visit.http.send(request(addresses: [address])).status
                    }
                    return (index, .init(address: address, status: status))
                }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}

extension Observation {
    fileprivate func map<Other>(_ body: (Facts) -> Other) -> Observation<Other> {
        switch self {
        case .seen(let facts): .seen(body(facts))
        case .failed(let failure): .failed(failure)
        case .notLooked: .notLooked
        }
    }
}
