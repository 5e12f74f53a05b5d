import Disk
import Foundation
import TestSupport
import Testing

@Suite struct DurableFileTests {
    @Test func aFileIsReplacedWholeWithItsModeAndNothingIsLeftBeside() throws {
        try withScratchDirectory { folder in
            try DurableFile.write("old", to: "\(folder)/value")
            try DurableFile.write("new", to: "\(folder)/value")
            #expect(try String(contentsOfFile: "\(folder)/value", encoding: .utf8) == "new")
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/value")
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["value"])
        }
    }

    @Test func aWriteThatCannotBeFinishedLeavesTheOldContent() throws {
        try withScratchDirectory { folder in
            try FileManager.default.createDirectory(atPath: "\(folder)/value", withIntermediateDirectories: true)
            #expect(throws: DiskError.self) { try DurableFile.write("new", to: "\(folder)/value") }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["value"])
        }
    }

    @Test func aSecondHolderDoesNotGetTheLock() throws {
        try withScratchDirectory { folder in
            let first = try FileLock(path: "\(folder)/lock", wait: false)
            #expect(try FileLock(path: "\(folder)/lock", wait: false) == nil)
            withExtendedLifetime(first) {}
        }
    }
}
