import BucketClient
import Foundation
import HTTPClient
import OpsModel

/// Where files are kept.
enum BucketPlace: Sendable {
    case directory(String)
    case s3(S3Location, S3Credentials)

    func open() throws -> any Bucket {
        switch self {
        case .directory(let folder): try DirectoryBucket(folder: folder)
        case .s3(let location, let credentials):
            S3Bucket(location, credentials: credentials, http: HTTPClient(), timeout: .seconds(120))
        }
    }

    /// Reads `file:///folder` or `s3://bucket?endpoint=…&region=…&addressing=path&cacert=…`.
    static func read(_ reader: inout ConfigurationReader) -> BucketPlace? {
        let name = "APP_BUCKET_URL"
        guard let text = reader.required(name, "file:///folder or s3://bucket?endpoint=…&region=…") else { return nil }
        guard let parts = URLComponents(string: text), parts.user == nil, parts.password == nil else {
            reader.report(name, "is not a URL, or holds credentials; those go to APP_BUCKET_ACCESS_KEY and _SECRET_KEY")
            return nil
        }
        switch parts.scheme {
        case "file":
            guard parts.path.count > 1, parts.host ?? "" == "" else {
                reader.report(name, "needs an absolute path: file:///var/lib/app/bucket")
                return nil
            }
            return .directory(parts.path)
        case "s3": return s3(parts, &reader)
        default:
            reader.report(name, "must begin with file:// or s3://")
            return nil
        }
    }

    private static func s3(_ parts: URLComponents, _ reader: inout ConfigurationReader) -> BucketPlace? {
        let name = "APP_BUCKET_URL"
        var settings = ["region": "us-east-1", "addressing": "virtual"]
        for item in parts.queryItems ?? [] {
            guard ["endpoint", "region", "addressing", "cacert"].contains(item.name) else {
                reader.report(
                    name, "does not know the parameter `\(item.name)`; endpoint, region, addressing, cacert are")
                continue
            }
            settings[item.name] = item.value
        }
        let region = settings["region"] ?? ""
        let key = reader.required("APP_BUCKET_ACCESS_KEY", "the S3 access key")
        let secret = reader.required("APP_BUCKET_SECRET_KEY", "the S3 secret key")
        guard let addressing = S3Location.Addressing(rawValue: settings["addressing"] ?? "") else {
            reader.report(name, "addressing must be path or virtual")
            return nil
        }
        do {
            let place = try S3Location(
                endpoint: settings["endpoint"] ?? "https://s3.\(region).amazonaws.com", region: region,
                bucket: parts.host ?? "", addressing: addressing, authorityFile: settings["cacert"])
            guard let key, let secret else { return nil }
            return .s3(place, S3Credentials(accessKey: key, secretKey: Secret(secret)))
        } catch {
            reader.report(name, error.diagnostic.why)
            return nil
        }
    }
}
