import OpsConfiguration
import OpsModel
import Probes

extension HTTPSubject {
    init(_ value: ConfigurationValue, project: Project) {
        let headers = value["headers"]?.entries.map { ($0.key, $0.value.string) } ?? []
        self.init(
            url: value.required("url").secret,
            HTTPExpectation(
                url: value.required("url").string, statuses: value["status"]?.elements.map(\.integer) ?? [200],
                headers: Dictionary(headers, uniquingKeysWith: { first, _ in first }),
                bodyContains: value["body_contains"]?.string,
                within: value["within"]?.duration, authorityFile: value["authority"].map { project.absolute($0.string) }
            ))
    }
}
