import CLinux
import Glibc

/// What the worker process gives up before it reads a hostile byte.
package struct WorkerSandbox {
    /// Sets limits that cannot be raised again, forbids new privileges and ends this process with its parent.
    /// With `parent`, a process that has already lost it goes no further.
    /// Call it first thing in the worker; on an error the process must exit without reading its input.
    package static func enter(
        addressSpaceBytes: UInt64, cpuSeconds: UInt64, fileBytes: UInt64, parent: Int32? = nil
    ) throws {
        try require(clinux_die_with_parent(SIGKILL), "die with parent")
        if let parent, getppid() != parent { throw CompressionError.io(path: "sandbox: parent", errno: ESRCH) }
        try require(clinux_no_new_privileges(), "no new privileges")
        try require(clinux_limit_core_dump(), "core dump limit")
        try require(clinux_limit_open_files(16), "open files limit")
        try require(clinux_limit_file_size(fileBytes), "file size limit")
        try require(clinux_limit_cpu(cpuSeconds), "CPU limit")
        try require(clinux_limit_address_space(addressSpaceBytes), "address space limit")
    }

    private static func require(_ result: Int32, _ step: String) throws {
        guard result == 0 else { throw CompressionError.io(path: "sandbox: \(step)", errno: errno) }
    }
}
