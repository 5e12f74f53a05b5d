import Database
import Disk
import Foundation
import Glibc

/// Room on the disk for the way back: a rollout that is under way can be brought to its end and recorded when the disk is full.
extension Ledger {
    private static let reserveSize: off_t = 1 << 20

    private var reservePath: String? {
        let prefix = "sqlite://"
        return location.hasPrefix(prefix) ? String(location.dropFirst(prefix.count)) + ".reserve" : nil
    }

    /// Keeps room beside a ledger file; a server looks after its own. - Throws: `DiskError` when there is none.
    package func reserve() throws {
        guard let path = reservePath else { return }
        let file = Glibc.open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw DiskError.failed(action: "reserve room for the ledger", path: path, errno: errno) }
        defer { Glibc.close(file) }
        let code = posix_fallocate(file, 0, Self.reserveSize)
        guard code == 0 else {
            throw DiskError.failed(action: "reserve 1 MiB for the ledger", path: path, errno: code)
        }
    }

    /// Whether there was room to give up.
    func releaseReserve() throws -> Bool {
        guard let path = reservePath, FileManager.default.fileExists(atPath: path) else { return false }
        try FileManager.default.removeItem(atPath: path)
        return true
    }

    /// SQLITE_FULL, and SQLITE_IOERR with its extended codes, which a full disk may also give (sqlite.org/rescode.html).
    static func isDiskFull(_ error: DatabaseError) -> Bool {
        guard let code = error.code.flatMap({ Int($0.replacing("SQLITE_", with: "")) }) else { return false }
        return code == 13 || code & 0xFF == 10
    }
}
