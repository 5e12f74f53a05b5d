import Cryptography
import Deploy
import Foundation
import OpsConfiguration

/// What a release is made of, with its digest: an executable here, or an image elsewhere.
struct ReleaseArtifact {
    /// Path or image reference.
    let name: String
    /// 64 hex digits of SHA-256.
    let digest: String

    /// - Parameter given: from the command line, in place of what the environment file names; an image when it has a digest.
    init(_ app: ConfigurationValue, given: String?, project: Project) throws {
        if let image = app["image"] {
            self = try Self(image: given ?? image.string) { why in
                ConfigurationError([
                    image.problem(why, fix: "write NAME@sha256:DIGEST; skopeo inspect shows the digest")
                ])
            }
        } else if let given, given.contains("@sha256:") {
            throw RunnerError.artifact(path: given, why: "app.artifact is an executable, and this is an image")
        } else {
            try self.init(
                file: given.map { URL(filePath: $0).standardizedFileURL.path }
                    ?? project.absolute(app.required("artifact").string))
        }
    }

    private init(file path: String) throws {
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw RunnerError.artifact(path: path, why: "no executable file there")
        }
        (name, digest) = (path, hex(try sha256(fileAt: path)))
    }

    /// A tag may name another image tomorrow: only a digest is a release.
    private init(image: String, _ refusal: (String) -> ConfigurationError) throws {
        guard let match = image.wholeMatch(of: #/[a-z0-9][A-Za-z0-9._:\/-]*@sha256:([0-9a-f]{64})/#) else {
            throw refusal("`\(image)` is no image by digest")
        }
        (name, digest) = (image, String(match.1))
    }
}
