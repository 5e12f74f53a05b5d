/// Counts round trips by the bytes that the kernel has sent: more of them than at the last wait for an answer means that this
/// wait is for another one. An answer that is there before anybody waits, as on loopback at times, is not counted: it cost
/// nothing.
struct RoundTripCounter {
    private var sent: Int64 = 0
    /// nil when the kernel did not say.
    private(set) var count: Int? = 0

    mutating func note(sent now: Int64) {
        guard now >= 0 else { return count = nil }
        if now > sent { count = count.map { $0 + 1 } }
        sent = now
    }
}
