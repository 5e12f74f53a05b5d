import Deploy
import Foundation
import OpsConfiguration
import OpsModel
import Probes

extension SmokePlan {
    /// Reads `smoke`: a list of steps, or a mapping with steps of its own and files with suites.
    init(_ project: Project) throws {
        let smoke = try project.section("smoke")
        guard let raw = project.environmentFile.root["smoke"] else { preconditionFailure("the section is there") }
        guard case .mapping = smoke.content else {
            self.init(try [SmokeStep](smoke, raw: raw, project: project))
            return
        }
        if smoke["suites"] == nil, smoke["steps"] == nil {
            throw ConfigurationError([smoke.problem("there is nothing to run", fix: "add `steps` or `suites`")])
        }
        if smoke["steps"] == nil, let stray = smoke["cleanup"] ?? smoke["deadline"] {
            throw ConfigurationError([
                stray.problem("it belongs to `steps`, which are not there", fix: "move it into the suite's file")
            ])
        }
        var suites: [Suite] = []
        if smoke["steps"] != nil { suites.append(try Suite(smoke, raw: raw, name: "smoke", project: project)) }
        for path in smoke["suites"]?.elements ?? [] { suites.append(try Suite(file: path, project: project)) }
        if let name = Dictionary(grouping: suites, by: \.name).first(where: { $0.value.count > 1 })?.key {
            throw ConfigurationError([
                smoke.problem("two suites are called `\(name)`", fix: "give each a `name` of its own")
            ])
        }
        self.init(suites)
    }
}

extension SmokePlan.Suite {
    fileprivate init(file path: ConfigurationValue, project: Project) throws {
        let file = try ConfigurationFile(
            path: project.absolute(path.string), displayPath: path.string, shape: .smokeSuite)
        func section(_ name: String) throws -> ConfigurationValue? {
            try file.section(name, environment: project.variables, folder: project.folder)
        }
        let name = file.root["name"]?.string ?? URL(filePath: path.string).deletingPathExtension().lastPathComponent
        self.init(name: name, steps: [])
        if let value = try section("steps"), let raw = file.root["steps"] {
            steps = try [SmokeStep](value, raw: raw, project: project)
        }
        if let value = try section("cleanup"), let raw = file.root["cleanup"] {
            cleanup = try [SmokeStep](value, raw: raw, project: project)
        }
        if let value = file.root["deadline"] { deadline = value.duration }
    }

    fileprivate init(_ value: ConfigurationValue, raw: ConfigurationValue, name: String, project: Project) throws {
        self.init(
            name: name,
            steps: try [SmokeStep](value.required("steps"), raw: raw.required("steps"), project: project))
        if let inner = value["cleanup"] {
            cleanup = try [SmokeStep](inner, raw: raw.required("cleanup"), project: project)
        }
        if let value = value["deadline"] { deadline = value.duration }
    }
}

extension [SmokeStep] {
    /// - Parameter raw: the same list before its references were resolved: what differs came out of a reference.
    init(_ value: ConfigurationValue, raw: ConfigurationValue, project: Project) throws {
        self = try zip(value.elements, raw.elements).map { value, raw in
            var step = try SmokeStep(value, project: project)
            step.secrets = words(value).subtracting(words(raw))
            return step
        }
    }
}

/// The words of all texts below a value.
private func words(_ value: ConfigurationValue) -> Set<String> {
    switch value.content {
    case .scalar(let text):
        Set(text.split(whereSeparator: { " \t\r\n\"'&=,;{}[]<>?".contains($0) }).map(String.init))
    case .list(let elements): elements.reduce(into: []) { $0.formUnion(words($1)) }
    case .mapping(let pairs): pairs.reduce(into: []) { $0.formUnion(words($1.value)) }
    }
}

extension SmokeStep {
    fileprivate init(_ value: ConfigurationValue, project: Project) throws {
        let retry = value["retry"].map {
            Retry(deadline: $0.required("deadline").duration, interval: $0["interval"]?.duration ?? .milliseconds(100))
        }
        self.init(
            name: value.required("name").string, request: try Request(value.required("request"), project: project),
            expectation: try value["expect"].map { try Expectation($0, project: project) } ?? Expectation(),
            captures: try value["capture"]?.captures() ?? [:], retry: retry)
        skip = value["skip"]?.string
        events = try value["sse"].map { try EventWait($0) }
        guard events != nil,
            let body = value["expect"]?.entries.first(where: { !["status", "headers"].contains($0.key) })
        else { return }
        throw ConfigurationError([
            body.value.problem(
                "`\(body.key)` judges a whole body, which a stream has not", fix: "put it below sse, or remove it")
        ])
    }
}

extension SmokeStep.Request {
    fileprivate init(_ value: ConfigurationValue, project: Project) throws {
        let bodies = ["body", "file", "form"].filter { value[$0] != nil }
        guard bodies.count < 2 else {
            throw ConfigurationError([
                value.problem("\(bodies.joined(separator: " and ")) exclude each other", fix: "keep one of them")
            ])
        }
        self.init(path: value.required("path").string)
        if let value = value["method"] { method = value.string }
        if let value = value["headers"] {
            headers = Dictionary(
                value.entries.map { ($0.key, $0.value.string) }, uniquingKeysWith: { first, _ in first })
        }
        body = value["body"]?.string
        file = value["file"].map { project.absolute($0.string) }
        form = value["form"]?.elements.map { SmokeForm.Part($0, project: project) } ?? []
    }
}

extension SmokeForm.Part {
    fileprivate init(_ value: ConfigurationValue, project: Project) {
        let content: Content =
            if let file = value["file"] { .file(project.absolute(file.string)) } else {
                .value(value.required("value").string)
            }
        self.init(name: value.required("name").string, content: content)
        (fileName, contentType) = (value["filename"]?.string, value["content_type"]?.string)
    }
}

extension SmokeStep.Expectation {
    fileprivate init(_ value: ConfigurationValue, project: Project) throws {
        self.init()
        if let value = value["status"] { statuses = value.elements.map(\.integer) }
        if let value = value["headers"] { headers = try value.matchers { .containing($0) } }
        if let value = value["json"] { json = try value.matchers { .equal(to: $0) } }
        bodyContains = value["body_contains"]?.string
        bodyNotContains = value["body_not_contains"]?.strings ?? []
        bodyMatches = try value["body_matches"]?.pattern()
        bodyBegins = value["body_begins"]?.string
        smallerThan = value["smaller_than"].map { project.absolute($0.string) }
        if let value = value["within"] { within = value.duration }
    }
}

extension SmokeStep.EventWait {
    fileprivate init(_ value: ConfigurationValue) throws {
        self.init()
        let until = value.required("until")
        event = until["event"]?.string
        if let value = until["json"] { json = try value.matchers { .equal(to: $0) } }
        if let value = value["within"] { within = value.duration }
    }
}

extension ConfigurationValue {
    /// Matchers by name; what a bare text means is up to the caller.
    fileprivate func matchers(_ bare: (String) -> SmokeMatcher) throws -> [String: SmokeMatcher] {
        try Dictionary(
            entries.map { key, value in
                if case .scalar(let text) = value.content { return (key, bare(text)) }
                return (key, try SmokeMatcher(value))
            }, uniquingKeysWith: { first, _ in first })
    }

    fileprivate func captures() throws -> [String: SmokeCapture] {
        var captures: [String: SmokeCapture] = [:]
        for (name, value) in entries {
            guard let capture = SmokeCapture(value.string) else {
                throw ConfigurationError([
                    value.problem(
                        "`\(value.string)` says not where the value stands",
                        fix: "write a JSON pointer (/id), header:NAME or body:REGEX")
                ])
            }
            if case .body(let pattern) = capture, !isPattern(pattern) {
                throw ConfigurationError([
                    value.problem("`\(pattern)` is no regular expression", fix: "escape its special characters with \\")
                ])
            }
            captures[name] = capture
        }
        return captures
    }
}

extension SmokeMatcher {
    fileprivate init(_ value: ConfigurationValue) throws {
        self.init()
        guard !value.entries.isEmpty else {
            throw ConfigurationError([value.problem("nothing is asked for", fix: "add `equals` or another key")])
        }
        equals = value["equals"]?.string
        oneOf = value["one_of"]?.strings
        contains = value["contains"]?.string
        matches = try value["matches"]?.pattern()
        (atLeast, atMost) = (value["at_least"]?.number, value["at_most"]?.number)
        exists = value["exists"]?.boolean
    }
}
