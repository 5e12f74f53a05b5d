import BucketClient
import HTTPClient
import OpsConfiguration
import OpsModel
import PostgresClient
import Probes
import RedisClient

extension ProbeTarget {
    /// Reads one element of `probes`. - Throws: `ConfigurationError` at the element for values that do not hold together.
    init(_ value: ConfigurationValue, project: Project) throws {
        let subject: Subject
        if let settings = value["postgres"] {
            subject = .postgres(try PostgresExpectation(settings))
        } else if let settings = value["redis"] {
            subject = .redis(try RedisExpectation(settings, project: project))
        } else if let settings = value["bucket"] {
            subject = .bucket(try BucketExpectation(settings, project: project))
        } else if let settings = value["http"] {
            subject = .http(HTTPExpectation(settings, project: project))
        } else {
            preconditionFailure("the shape demands one of the four kinds")
        }
        self.init(
            name: value.required("name").string, subject: subject, timeout: value["timeout"]?.duration ?? .seconds(5))
    }
}

/// Turns an error about a value into one at its place in the file.
private func placed<Value>(_ value: ConfigurationValue, _ body: () throws -> Value) throws -> Value {
    do {
        return try body()
    } catch let error as any DiagnosableError {
        throw ConfigurationError([value.problem(error.diagnostic.why, fix: error.diagnostic.fix)])
    }
}

extension PostgresExpectation {
    fileprivate init(_ value: ConfigurationValue) throws {
        let address = value.required("url")
        let url = try placed(address) { try PostgresURL(address.secret) }
        let role = value["role"].flatMap { Role(rawValue: $0.string) } ?? .primary
        self.init(
            url: url, role: role, protection: value["tls"].flatMap { Protection(rawValue: $0.string) } ?? .verified,
            refusesPlaintext: value["refuse_plaintext"]?.boolean,
            writesCanary: value["canary"]?.boolean ?? (role == .primary))
    }
}

extension RedisExpectation {
    fileprivate init(_ value: ConfigurationValue, project: Project) throws {
        let address = value.required("url")
        var url = try placed(address) { try RedisURL(address.secret) }
        if let authority = value["authority"] { url.authorityFile = project.absolute(authority.string) }
        let role = value["role"].flatMap { Role(rawValue: $0.string) } ?? .master
        self.init(
            url: url, role: role, eviction: value["eviction"]?.string,
            refusesPlaintext: value["refuse_plaintext"]?.boolean ?? url.usesTLS,
            refusesUnauthenticated: value["refuse_unauthenticated"]?.boolean ?? true,
            writesCanary: value["canary"]?.boolean ?? (role == .master),
            canaryPrefix: value["canary_prefix"]?.string ?? "opsctl:canary:")
    }
}

extension BucketExpectation {
    fileprivate init(_ value: ConfigurationValue, project: Project) throws {
        let authority = value["s3"]?["authority"].map { project.absolute($0.string) }
        let store: BucketStore =
            if let s3 = value["s3"] {
                .s3(try placed(s3) { try S3Bucket(settings: s3, authorityFile: authority) })
            } else {
                .directory(DirectoryBucket(existing: project.absolute(value.required("directory").string)))
            }
        self.init(
            store: store, canaryPrefix: value["canary_prefix"]?.string ?? "opsctl-canary/",
            refusesAnonymous: value["refuse_anonymous"]?.boolean ?? true,
            testsPresigned: value["presigned"]?.boolean ?? true,
            authorityFile: authority)
    }
}

extension S3Bucket {
    fileprivate init(settings: ConfigurationValue, authorityFile: String?) throws {
        let place = try S3Location(
            endpoint: settings.required("endpoint").string, region: settings.required("region").string,
            bucket: settings.required("bucket").string,
            addressing: settings["addressing"].flatMap { S3Location.Addressing(rawValue: $0.string) } ?? .virtual,
            authorityFile: authorityFile)
        let credentials = S3Credentials(
            accessKey: settings.required("access_key").string, secretKey: settings.required("secret_key").secret)
        self.init(place, credentials: credentials, http: HTTPClient())
    }
}

extension HTTPExpectation {
    fileprivate init(_ value: ConfigurationValue, project: Project) {
        let headers = value["headers"]?.entries.map { ($0.key, $0.value.string) } ?? []
        self.init(
            url: value.required("url").string, statuses: value["status"]?.elements.map(\.integer) ?? [200],
            headers: Dictionary(headers, uniquingKeysWith: { first, _ in first }),
            bodyContains: value["body_contains"]?.string,
            within: value["within"]?.duration, authorityFile: value["authority"].map { project.absolute($0.string) })
    }
}
