import Foundation

/// Where the services answer: AWS itself, or what stands in for it.
package struct AWSEndpoints: Sendable {
    /// Base URL and region of the signature.
    struct Endpoint: Sendable, Equatable {
        let url: String
        let region: String
    }

    private let overrides: [AWSService: String]
    private let general: String?

    /// - Parameter fallback: base URL of everything when the environment names none.
    /// - Throws: `AWSError.configuration` for a URL that is none.
    package init(environment: [String: String], fallback: String? = nil) throws(AWSError) {
        var overrides: [AWSService: String] = [:]
        for service in AWSService.allCases {
            overrides[service] = try Self.url(environment, "AWS_ENDPOINT_URL_\(service.variableSuffix)")
        }
        self.overrides = overrides
        general = try Self.url(environment, "AWS_ENDPOINT_URL") ?? fallback
    }

    /// Whether something stands in for AWS.
    package var isEmulator: Bool { general != nil }

    func endpoint(of service: AWSService, region: String) -> Endpoint {
        let partition = Partition(region: region)
        let signing = service.isGlobal ? partition.globalRegion(of: service) : region
        if let url = overrides[service] ?? general { return Endpoint(url: url, region: signing) }
        let host =
            service.isGlobal
            ? partition.globalHost(of: service) : "\(service.hostLabel).\(region).\(partition.domain)"
        return Endpoint(url: "https://\(host)", region: signing)
    }

    /// The host of a service; nil for addresses that are none.
    package func host(of service: AWSService, region: String) -> String? {
        URLComponents(string: endpoint(of: service, region: region).url)?.host
    }

    private static func url(_ environment: [String: String], _ name: String) throws(AWSError) -> String? {
        guard let text = environment[name], !text.isEmpty else { return nil }
        guard let parts = URLComponents(string: text), ["http", "https"].contains(parts.scheme ?? ""),
            parts.host?.isEmpty == false, parts.user == nil, parts.query == nil
        else { throw .configuration("\(name) is no http or https URL") }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}

/// A group of regions with accounts of its own.
private enum Partition {
    case worldwide, china, government

    init(region: String) {
        self = region.hasPrefix("cn-") ? .china : region.hasPrefix("us-gov-") ? .government : .worldwide
    }

    var domain: String { self == .china ? "amazonaws.com.cn" : "amazonaws.com" }

    func globalRegion(of service: AWSService) -> String {
        switch self {
        case .worldwide: "us-east-1"
        case .china: service == .cloudfront ? "cn-northwest-1" : "cn-north-1"
        case .government: "us-gov-west-1"
        }
    }

    func globalHost(of service: AWSService) -> String {
        switch self {
        case .worldwide: "\(service.hostLabel).amazonaws.com"
        case .china: "\(service.hostLabel).\(globalRegion(of: service)).\(domain)"
        case .government: "\(service.hostLabel).us-gov.\(domain)"
        }
    }
}
