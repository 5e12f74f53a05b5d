import BucketClient
import HTTPClient
import OpsConfiguration
import OpsModel
import Probes

extension BucketSubject {
    init(_ value: ConfigurationValue, project: Project) throws {
        let authority = value["s3"]?["authority"].map { project.absolute($0.string) }
        let store: BucketStore =
            if let s3 = value["s3"] {
                .s3(try placed(s3) { try S3Bucket(settings: s3, authorityFile: authority) })
            } else {
                .directory(DirectoryBucket(existing: project.absolute(value.required("directory").string)))
            }
        if let prefix = value["canary_prefix"], !prefix.string.hasSuffix("/") || prefix.string.hasPrefix("/") {
            throw ConfigurationError([
                prefix.problem(
                    "it is no folder of canaries", fix: "write for example opsctl-canary/, with `/` at its end")
            ])
        }
        var expectation = BucketExpectation(
            store: store, canaryPrefix: value["canary_prefix"]?.string ?? "opsctl-canary/",
            refusesAnonymous: value["refuse_anonymous"]?.boolean ?? true,
            testsPresigned: value["presigned"]?.boolean ?? true, authorityFile: authority)
        if let refuses = value["refuse_plaintext"]?.boolean { expectation.refusesPlaintext = refuses }
        if let settings = value["expect"] { expectation.read(settings) }
        self.init(store, expectation)
    }
}

extension BucketExpectation {
    fileprivate mutating func read(_ value: ConfigurationValue) {
        demandsLeastPrivilege = value["least_privilege"]?.boolean ?? false
        otherBucket = value["other_bucket"]?.string
        newest = value["newest"].map {
            NewestObject(
                prefix: $0.required("prefix").string, withinSeconds: $0.required("within").duration / .seconds(1),
                minimumSize: $0["minimum_size"]?.integer ?? 0)
        }
        configuration = BucketConfiguration(value)
    }
}

extension BucketConfiguration {
    fileprivate init(_ value: ConfigurationValue) {
        self.init()
        func isAsked(_ name: String) -> Bool { value[name]?.boolean ?? false }
        (versioning, lifecycle, replication) = (isAsked("versioning"), isAsked("lifecycle"), isAsked("replication"))
        (encryption, kmsKey) = (value["encryption"]?.string, value["kms_key"]?.string)
        lock = value["object_lock"].flatMap { Lock(rawValue: $0.string) }
        (publicAccessBlock, isPrivate) = (isAsked("public_access_block"), isAsked("private_policy"))
        tlsOnly = isAsked("tls_only_policy")
        cors = value["cors"].map { CORS(origin: $0.required("origin").string, methods: $0.required("methods").strings) }
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
