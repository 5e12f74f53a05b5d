import ArgumentParser
import Disk
import Foundation
import Glibc
import Probes

extension ProbeOutput {
    /// `junit=build/probes.xml`.
    struct ReportFile: ExpressibleByArgument {
        let format: ProbeFormat
        let path: String

        init?(argument: String) {
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let format = ProbeFormat(rawValue: parts[0]) else { return nil }
            (self.format, path) = (format, parts[1])
        }

        /// World-readable where another program must read it: the report holds no secrets.
        func write(_ report: ProbeReport) throws {
            let target = URL(filePath: path).resolvingSymlinksInPath().path
            var facts = stat()
            let isThere = stat(target, &facts) == 0
            let isFile = !isThere || facts.st_mode & S_IFMT == S_IFREG
            guard facts.st_mode & S_IFMT != S_IFDIR else {
                throw DiskError.failed(action: "write a report", path: path, errno: EISDIR)
            }
            let earlier = format == .prometheus && isThere && isFile ? try text(of: target) : nil
            let text = try format.document(report, earlier: earlier) + "\n"
            // A pipe or a device is written to; a file is replaced.
            if isFile { try DurableFile.write(text, to: target, mode: 0o644) } else { try pass(text, to: target) }
        }

        private func text(of path: String) throws -> String {
            do { return String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self) } catch {
                throw DiskError.failed(action: "read the earlier report", path: path, errno: EACCES)
            }
        }

        private func pass(_ text: String, to path: String) throws {
            let descriptor = open(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                throw DiskError.failed(action: "write a report", path: path, errno: errno)
            }
            let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            do { try file.write(contentsOf: Data(text.utf8)) } catch {
                throw DiskError.failed(action: "write a report", path: path, errno: EPIPE)
            }
        }
    }
}
