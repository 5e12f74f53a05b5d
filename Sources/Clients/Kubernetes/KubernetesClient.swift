import Foundation
package import HTTPClient
package import OpsModel

/// Asks a Kubernetes API server for objects and changes them.
package struct KubernetesClient: Sendable {
    private let access: KubernetesAccess
    private let http: HTTPClient
    private let timeout: Duration

    private static let answerLimit = 16 << 20

    /// - Parameter timeout: limit of one request.
    package init(_ access: KubernetesAccess, http: HTTPClient, timeout: Duration = .seconds(10)) {
        (self.access, self.http, self.timeout) = (access, http, timeout)
    }

    /// - Throws: `KubernetesError`, as everything here; `HTTPError` when there was no connection.
    package func get(_ resource: KubernetesResource) async throws -> PlainJSON {
        try await object(Call("GET", resource.path))
    }

    /// Every object with these labels. - Parameter labels: `name=value`, all of them.
    package func list(_ kind: KubernetesKind, namespace: String, labels: [String: String]) async throws -> [PlainJSON] {
        let selector = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
        var (items, next): ([PlainJSON], String?) = ([], nil)
        repeat {
            var query = "labelSelector=\(encoded(selector))&limit=500"
            if let next { query += "&continue=\(encoded(next))" }
            let page = try await object(Call("GET", "\(kind.path(namespace: namespace))?\(query)"))
            if case .list(let some)? = page["items"] { items += some }
            next = page.value(at: ["metadata", "continue"])?.scalarText.flatMap { $0.isEmpty ? nil : $0 }
        } while next != nil
        return items
    }

    /// Changes parts of an object, all or none. A `test` that does not hold is `KubernetesError.invalid`.
    package func patch(
        _ resource: KubernetesResource, _ operations: [JSONPatch], manager: String
    ) async throws -> PlainJSON {
        try await object(
            Call(
                "PATCH", "\(resource.path)?fieldManager=\(encoded(manager))&fieldValidation=Strict",
                type: "application/json-patch+json", body: Array(try canonicalJSON(operations))))
    }

    /// Server-side apply: makes or changes the object so that the given fields are as given, and takes them over from others.
    package func apply(
        _ resource: KubernetesResource, _ fields: [String: PlainJSON], manager: String
    ) async throws -> PlainJSON {
        var object = fields
        object["apiVersion"] = .string(resource.kind.apiVersion)
        object["kind"] = .string(resource.kind.kind)
        let query = "fieldManager=\(encoded(manager))&force=true&fieldValidation=Strict"
        var call = Call(
            "PATCH", "\(resource.path)?\(query)", type: "application/apply-patch+yaml",
            body: Array(try canonicalJSON(PlainJSON.object(object))))
        call.isSecret = resource.kind == .secret
        return try await self.object(call)
    }

    /// Removes an object with what it owns; one that is not there is fine.
    package func delete(_ resource: KubernetesResource) async throws {
        do {
            _ = try await send(Call("DELETE", "\(resource.path)?propagationPolicy=Background"))
        } catch KubernetesError.absent {}
    }

    /// The last lines that a container wrote. - Parameter previous: those of the run before the present one.
    package func log(
        pod: KubernetesResource, container: String, lines: Int, previous: Bool = false
    ) async throws -> String {
        let query = "container=\(encoded(container))&tailLines=\(lines)&limitBytes=262144&previous=\(previous)"
        return try await send(Call("GET", "\(pod.path)/log?\(query)")).text
    }
}

extension KubernetesClient {
    private struct Call {
        let method: String
        let path: String
        var type: String?
        var body: [UInt8] = []
        /// Messages about it could repeat its values.
        var isSecret = false

        init(_ method: String, _ path: String, type: String? = nil, body: [UInt8] = []) {
            (self.method, self.path, self.type, self.body) = (method, path, type, body)
        }

        /// For messages: without query.
        var place: String { "\(method) \(path.prefix { $0 != "?" })" }
    }

    private func object(_ call: Call) async throws -> PlainJSON {
        let response = try await send(call)
        do {
            return try JSONDecoder().decode(PlainJSON.self, from: Data(response.body))
        } catch {
            throw KubernetesError.unreadable(place: call.place, why: "no JSON")
        }
    }

    private func send(_ call: Call) async throws -> HTTPResponse {
        var headers = [(name: "accept", value: "application/json, */*")]
        if let type = call.type { headers.append(("content-type", type)) }
        var request = HTTPRequest(
            call.method, access.server + call.path, headers: headers,
            body: call.body.isEmpty ? .none : .bytes(call.body), sink: .memory(limit: Self.answerLimit),
            timeout: timeout, authorityFile: access.authorityFile)
        switch access.identity {
        case .token(let token): request.headers.append(("authorization", "Bearer \(token.reveal())"))
        case .tokenFile(let path):
            let token = try KubernetesAccess.readSecret(path)
            request.headers.append(("authorization", "Bearer \(token.reveal())"))
        case .certificate(let file, let keyFile):
            request.clientCertificate = ClientCertificate(certificateFile: file, keyFile: keyFile)
            // libcurl knows connections by host and port; one without our certificate must not be taken.
            request.usesFreshConnection = true
        case .none: break
        }
        do {
            let response = try await http.send(request)
            guard (200...299).contains(response.status) else { throw Self.error(response, call) }
            return response
        } catch HTTPError.timedOut(_, let phase) {
            throw KubernetesError.timedOut(
                place: call.place, why: "the limit of \(timeout.text) was reached in \(phase)")
        }
    }

    private static func error(_ response: HTTPResponse, _ call: Call) -> KubernetesError {
        let (place, message) = (call.place, message(response, call))
        return switch response.status {
        case 401: .unauthenticated(place: place, message: message)
        case 403: .denied(place: place, message: message)
        case 404: .absent(place: place, message: message)
        case 409: .conflict(place: place, message: message)
        case 422: .invalid(place: place, message: message)
        case 429, 500...: .unavailable(place: place, status: response.status, message: message)
        default: .refused(place: place, status: response.status, message: message)
        }
    }

    /// `message` of the Status object that the server answers with; only its reason for what is secret.
    private static func message(_ response: HTTPResponse, _ call: Call) -> String {
        let bare = "status \(response.status) without a reason"
        do {
            let status = try JSONDecoder().decode(PlainJSON.self, from: Data(response.body))
            return status[call.isSecret ? "reason" : "message"]?.scalarText.map { String($0.prefix(300)) } ?? bare
        } catch {
            // Something else than a Status says no more than the code does.
            return bare
        }
    }
}
