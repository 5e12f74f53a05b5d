import HTTPClient
import OpsConfiguration
import OpsModel
import Probes

extension HTTPSubject {
    init(_ value: ConfigurationValue, project: Project) throws {
        var expectation = HTTPExpectation(
            url: try httpURL(value.required("url")), answer: try HTTPAnswerExpectation(value),
            within: value["within"]?.duration, authorityFile: value["authority"].map { project.absolute($0.string) })
        expectation.follows = value["redirects"]?["follow"]?.integer ?? 0
        expectation.location = try value["redirects"]?["location"].map { try ValueMatcher(text: $0) }
        expectation.version = value["request"]?["http_version"].flatMap { HTTPVersion(rawValue: $0.string) }
        expectation.addresses =
            value["addresses"].flatMap { HTTPExpectation.AddressPolicy(rawValue: $0.string) } ?? .all
        if value["plaintext_redirect"]?.boolean == true {
            expectation.plaintextPort = value["plaintext_port"]?.integer ?? 80
        }
        expectation.wantsHSTS = value["hsts"]?.boolean ?? false
        expectation.isHealthDocument = value["health"]?.boolean
        var call = try HTTPCall(value, project: project)
        for step in value["steps"]?.elements ?? [] {
            expectation.steps.append(try HTTPStepExpectation(step))
            call.steps.append(HTTPStepCall(step.required("request")))
        }
        for step in value["cleanup"]?.elements ?? [] {
            expectation.cleanup.append(try HTTPStepExpectation(step))
            call.cleanup.append(HTTPStepCall(step.required("request")))
        }
        self.init(call, expectation)
    }
}

extension HTTPCall {
    fileprivate init(_ value: ConfigurationValue, project: Project) throws {
        self.init(url: value.required("url").secret)
        guard let request = value["request"] else { return }
        method = request["method"]?.string ?? "GET"
        headers = request["headers"]?.entries.map { ($0.key, $0.value.secret) } ?? []
        if let token = request["bearer"] { headers.append(("Authorization", Secret("Bearer \(token.string)"))) }
        if let text = request["body"], request["file"] != nil {
            throw ConfigurationError([text.problem("`body` and `file` exclude each other", fix: "keep one of them")])
        }
        if let text = request["body"] { body = .bytes(Array(text.string.utf8)) }
        if let file = request["file"] { body = .file(path: project.absolute(file.string)) }
        if let certificate = request["client_certificate"] {
            let path = project.absolute(certificate.string)
            clientCertificate = ClientCertificate(
                certificateFile: path, keyFile: request["client_key"].map { project.absolute($0.string) } ?? path)
        }
    }
}

extension HTTPAnswerExpectation {
    /// The same keys for a target and for a step's `expect`.
    fileprivate init(_ value: ConfigurationValue) throws {
        self.init(statuses: try value["status"].map { try $0.statuses() } ?? .ok)
        for (name, matcher) in value["headers"]?.entries ?? [] { headers[name] = try ValueMatcher(text: matcher) }
        for (pointer, matcher) in value["json"]?.entries ?? [] {
            guard pointer.isEmpty || pointer.hasPrefix("/") else {
                throw ConfigurationError([
                    matcher.problem("`\(pointer)` is no JSON pointer (RFC 6901)", fix: "write /\(pointer)")
                ])
            }
            json[pointer] = try ValueMatcher(json: matcher)
        }
        body = try value["body"].map { try HTTPBodyExpectation($0) }
        if let part = value["body_contains"] {
            var wanted = body ?? HTTPBodyExpectation()
            wanted.contains.append(part.string)
            body = wanted
        }
    }
}

extension HTTPBodyExpectation {
    fileprivate init(_ value: ConfigurationValue) throws {
        self.init()
        (contains, notContains) = (value["contains"]?.strings ?? [], value["not_contains"]?.strings ?? [])
        matches = try value["matches"].map { try $0.pattern() }
        sha256 = value["sha256"]?.string.lowercased()
        (minimumBytes, maximumBytes) = (value["min_bytes"]?.integer, value["max_bytes"]?.integer)
    }
}

extension HTTPStepExpectation {
    fileprivate init(_ value: ConfigurationValue) throws {
        let captures = value["capture"]?.entries.map { ($0.key, $0.value.string) } ?? []
        for source in value["capture"]?.entries.map(\.value) ?? []
        where !source.string.hasPrefix("/") && !source.string.hasPrefix("header:") {
            throw ConfigurationError([
                source.problem("`\(source.string)` is no place in an answer", fix: "write /a/b or header:NAME")
            ])
        }
        self.init(
            name: value.required("name").string,
            answer: try value["expect"].map { try HTTPAnswerExpectation($0) } ?? HTTPAnswerExpectation(),
            captures: Dictionary(captures, uniquingKeysWith: { first, _ in first }))
    }
}

extension HTTPStepCall {
    fileprivate init(_ value: ConfigurationValue) {
        self.init(path: value.required("path").secret)
        method = value["method"]?.string ?? "GET"
        headers = value["headers"]?.entries.map { ($0.key, $0.value.secret) } ?? []
        body = value["body"]?.secret
    }
}
