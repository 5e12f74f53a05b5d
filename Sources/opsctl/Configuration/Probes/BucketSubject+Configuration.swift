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
        self.init(
            store,
            BucketExpectation(
                store: store, canaryPrefix: value["canary_prefix"]?.string ?? "opsctl-canary/",
                refusesAnonymous: value["refuse_anonymous"]?.boolean ?? true,
                testsPresigned: value["presigned"]?.boolean ?? true,
                authorityFile: authority))
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
