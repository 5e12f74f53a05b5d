import Compression

/// What one compression process may use.
struct ChildLimits: Sendable {
    var addressSpaceBytes: UInt64
    var cpuSeconds: UInt64
    var fileBytes: UInt64
    /// Wall-clock time until the process group is killed.
    var deadline: Duration

    /// For compressing a file of `inputBytes`; the output never exceeds the input by more than a little.
    /// A PNG may be a thousand times larger when it is decoded.
    static func compression(of kind: MediaKind, inputBytes: Int) -> ChildLimits {
        ChildLimits(
            addressSpaceBytes: kind == .png || inputBytes > 50 << 20 ? 2 << 30 : 1 << 30, cpuSeconds: 60,
            fileBytes: UInt64(inputBytes) + 16 << 20, deadline: .seconds(150))
    }

    /// For opening a file only.
    static func inspection(inputBytes: Int) -> ChildLimits {
        ChildLimits(
            addressSpaceBytes: inputBytes > 50 << 20 ? 2 << 30 : 1 << 30, cpuSeconds: 5, fileBytes: 1 << 20,
            deadline: .seconds(8))
    }
}
