import Blocking
import Glibc
import TestSupport
import Testing

@Suite struct BlockingTests {
    @Test func aWaitEndsAtItsDeadline() async throws {
        let wake = try Wake()
        let clock = ContinuousClock()
        let start = clock.now
        await #expect(throws: WaitError.timedOut(phase: "look")) {
            try await blocking(timeout: .milliseconds(100)) { try $0.wait(wake.descriptor, for: POLLIN, phase: "look") }
        }
        // Ten times the deadline is far from a wait that ignores it, whatever else the machine does.
        #expect(clock.now - start < .seconds(1))
    }

    @Test func cancellingTheTaskEndsTheWaitLongBeforeItsDeadline() async throws {
        let wake = try Wake()
        let task = Task {
            try await blocking(timeout: .seconds(60)) { try $0.wait(wake.descriptor, for: POLLIN, phase: "look") }
        }
        task.cancel()
        await #expect(throws: WaitError.cancelled(phase: "look")) { try await task.value }
    }

    @Test func aClosedDescriptorIsAnErrorAndNotReadiness() async throws {
        await #expect(throws: WaitError.failed(phase: "look", errno: EBADF)) {
            try await blocking(timeout: .seconds(5)) { try $0.wait(9999, for: POLLIN, phase: "look") }
        }
    }

    @Test func manyBlockedCallsDoNotHoldUpEachOther() async throws {
        let wake = try Wake()
        let start = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<32 {
                group.addTask {
                    _ = try? await blocking(timeout: .milliseconds(200)) {  // sound: the error is the point of the wait
                        try $0.wait(wake.descriptor, for: POLLIN, phase: "look")
                    }
                }
            }
        }
        // One after the other they would take 6.4 s.
        #expect(ContinuousClock.now - start < .seconds(3))
    }
}
