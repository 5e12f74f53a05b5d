import OpsModel

extension ReleaseLaunch {
    /// The image with its digest. - Throws: `RunnerError.artifact` for anything that could change behind its name.
    func image() throws(RunnerError) -> String {
        guard artifact.hasSuffix("@sha256:\(release.artifactDigest)"), release.artifactDigest.count == 64 else {
            throw .artifact(path: artifact, why: "it is no image by digest: write app.image as NAME@sha256:DIGEST")
        }
        return artifact
    }
}
