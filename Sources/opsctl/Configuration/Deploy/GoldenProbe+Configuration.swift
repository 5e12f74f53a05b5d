import Deploy
import OpsConfiguration
import OpsModel

extension GoldenProbe.Settings {
    /// Reads `deploy.golden`; nil when there is none.
    init?(_ project: Project) throws {
        guard let raw = project.environmentFile.root["deploy"]?["golden"],
            let value = try project.section("deploy")["golden"]
        else { return nil }
        let requests = try zip(value.required("requests").elements, raw.required("requests").elements).map {
            try GoldenProbe.Request($0, raw: $1, project: project)
        }
        self.init(requests: requests)
        if let value = value["rounds"] { rounds = value.integer }
        if let value = value["size_tolerance"] { sizeTolerance = value.number }
        if let value = value["time_ratio"] { timeRatio = value.number }
    }
}

extension GoldenProbe.Request {
    fileprivate init(_ value: ConfigurationValue, raw: ConfigurationValue, project: Project) throws {
        self.init(
            name: value.required("name").string,
            steps: try [SmokeStep](value.required("steps"), raw: raw.required("steps"), project: project))
        if let inner = value["cleanup"] {
            cleanup = try [SmokeStep](inner, raw: raw.required("cleanup"), project: project)
        }
        result = value["result"]?.string
        pagesCapture = value["pages"]?.string
        guard let capture = value["pages"], !steps.contains(where: { $0.captures[capture.string] != nil }) else {
            return
        }
        throw ConfigurationError([
            capture.problem("no step captures `\(capture.string)`", fix: "add it to `capture` of a step")
        ])
    }
}
