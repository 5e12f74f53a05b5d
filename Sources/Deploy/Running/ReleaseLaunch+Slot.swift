import OpsModel

extension ReleaseLaunch {
    /// The environment with `${slot:…}` and `${release:name}` filled in.
    func variables(slot: Slot, port: Int) -> [String: String] {
        environment.mapValues { value in
            value.reveal().replacing("${slot:port}", with: String(port)).replacing("${slot:color}", with: slot.rawValue)
                .replacing("${release:name}", with: release.name)
        }
    }

    /// The image with its digest. - Throws: `RunnerError.artifact` for anything that could change behind its name.
    func image() throws(RunnerError) -> String {
        guard artifact.hasSuffix("@sha256:\(release.artifactDigest)"), release.artifactDigest.count == 64 else {
            throw .artifact(path: artifact, why: "it is no image by digest: write app.image as NAME@sha256:DIGEST")
        }
        return artifact
    }
}
