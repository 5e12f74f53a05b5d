import Compression
import Foundation
import Glibc

/// A child's word is not taken for it: what it wrote is looked at before anyone else sees it.
enum OutputCheck {
    /// The report with the sizes that were really found; nil when the output does not fit it.
    static func verified(_ report: CompressionReport, _ workspace: Workspace, _ job: Job) throws -> CompressionReport? {
        guard let input = size(workspace.input), let output = size(workspace.output), output > 0, output <= input,
            input == job.inputBytes
        else { return nil }
        guard let file = FileHandle(forReadingAtPath: workspace.output) else { return nil }
        defer { try? file.close() }  // sound: it was only read
        guard let head = try file.read(upToCount: 1024), MediaKind.detect(prefix: head) == job.kind else { return nil }
        var verified = report
        (verified.inputBytes, verified.outputBytes) = (input, output)
        return verified
    }

    /// nil unless it is a plain file: a symbolic link out of the workspace is not followed.
    private static func size(_ path: String) -> Int? {
        var facts = stat()
        guard lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(facts.st_size)
    }
}
