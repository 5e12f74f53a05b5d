import Cryptography
import Disk
import Foundation
import OpsModel

extension ReleaseLaunch {
    /// Copies the artifact under its digest, so that building anew cannot change a release that runs; returns its new path.
    /// - Parameter mode: who may run it.
    func keepArtifact(in folder: String, mode: mode_t) throws -> String {
        let kept = "\(folder)/\(release.artifactDigest)"
        if !FileManager.default.fileExists(atPath: kept) { try DurableFile.copy(artifact, to: kept, mode: mode) }
        // What runs must be what its name says: the artifact may have been built anew, or the kept file been touched.
        guard hex(try sha256(fileAt: kept)) == release.artifactDigest else {
            try FileManager.default.removeItem(atPath: kept)
            throw RunnerError.artifact(path: artifact, why: "its content is not that of release \(release.name)")
        }
        return kept
    }
}
