import StackRendering
import Testing

struct ApplyLogTests {
    /// Lines as Terraform 1.11 writes them.
    private func line(_ type: String, _ address: String, elapsed: Int? = nil) -> String {
        let seconds = elapsed.map { #","elapsed_seconds":\#($0)"# } ?? ""
        return
            #"{"@level":"info","type":"\#(type)","hook":{"resource":{"addr":"\#(address)","resource_type":"x"},"action":"create"\#(seconds)}}"#
    }
    private let end =
        #"{"type":"change_summary","changes":{"add":2,"change":1,"import":0,"remove":0,"operation":"apply"}}"#

    @Test func aWholeLogSaysWhatWasDone() {
        let log = ApplyLog(
            text: [line("apply_start", "a.b"), line("apply_complete", "a.b", elapsed: 3), end].joined(separator: "\n"))
        #expect(log.completed == ["a.b"] && log.underWay == [] && log.errors == [])
        #expect(log.summary?.add == 2 && log.summary?.change == 1)
    }

    @Test func aLogThatBreaksOffNamesWhatWasUnderWay() {
        let log = ApplyLog(
            text: [line("apply_start", "a.b"), line("apply_start", "a.c"), line("apply_complete", "a.b")].joined(
                separator: "\n") + "\n{\"type\":\"apply_comp")
        #expect(log.completed == ["a.b"] && log.underWay == ["a.c"])
        #expect(log.summary == nil)
    }

    @Test func thePlanOfAnApplyIsNotItsEnd() {
        let planned = end.replacing("\"operation\":\"apply\"", with: "\"operation\":\"plan\"")
        #expect(ApplyLog(text: planned).summary == nil)
    }

    @Test func anErrorIsKeptWithItsDetail() {
        let text = #"{"type":"diagnostic","diagnostic":{"severity":"error","summary":"no","detail":"it\nfailed"}}"#
        #expect(ApplyLog(text: text).errors == ["no: it failed"])
    }

    @Test func aCrashOfAProviderIsNoEnd() {
        let log = ApplyLog(text: line("apply_start", "a.b") + "\npanic: runtime error\ngoroutine 1 [running]:\n")
        #expect(log.summary == nil && log.underWay == ["a.b"])
    }
}

struct StateLockTests {
    @Test func aLockIsReadFromTerraformsMessage() throws {
        let message = """
            Error acquiring the state lock: operation error S3: PutObject, StatusCode: 412
            Lock Info:
              ID:        d0a6e2f1-0000-0000-0000-000000000001
              Path:      bucket/production/data/terraform.tfstate
              Operation: OperationTypeApply
              Who:       ci@runner
              Version:   1.11.4
              Created:   2026-11-23 01:02:03.4 +0000 UTC
              Info:
            """
        let lock = try #require(StateLock(message: message))
        #expect(lock.id == "d0a6e2f1-0000-0000-0000-000000000001")
        #expect(lock.holder == "ci@runner" && lock.operation == "OperationTypeApply")
        #expect(lock.created == "2026-11-23 01:02:03.4 +0000 UTC")
    }

    @Test func anotherErrorIsNoLock() {
        #expect(StateLock(message: "Error: Unsupported argument\n  ID: 3") == nil)
    }
}

struct TextDifferenceTests {
    @Test func aChangeIsShownWithWhatStandsAroundIt() {
        let old = (1...12).map { "line \($0)\n" }.joined()
        let new = old.replacing("line 6\n", with: "line six\n")
        #expect(
            TextDifference(from: old, to: new).unified(old: "a", new: "b", context: 1)
                == "--- a\n+++ b\n@@ -5,3 +5,3 @@\n line 5\n-line 6\n+line six\n line 7")
    }

    @Test func equalTextsHaveNoDifference() {
        #expect(TextDifference(from: "a\nb\n", to: "a\nb\n").unified(old: "a", new: "b") == "")
    }

    @Test func aNewFileIsAllAdditions() {
        #expect(
            TextDifference(from: "", to: "a\nb\n").unified(old: "/dev/null", new: "b")
                == "--- /dev/null\n+++ b\n@@ -0,0 +1,2 @@\n+a\n+b")
    }
}
