import Foundation
import Glibc
import OpsModel
import ProcessClient
import TestSupport
import Testing

@testable import Drills

@Suite(.enabled(if: Requirement.postgres.isMet, "PostgreSQL is not installed")) struct DrillFolderTests {
    @Test func theFolderOfADeadDrillIsSweptAndThatOfALivingOneStays() async throws {
        try await withScratchDirectory { parent async throws in
            let account = try ScratchAccount(named: nil, environment: [:])
            let living = try await DrillFolder.make(in: parent, drill: "living", for: account)
            let dead = "\(parent)/opsctl-drill.abcdef"
            let stranger = "\(parent)/opsctl-drill.ghijkl"
            for folder in [dead, stranger] {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            }
            try "{}".write(toFile: "\(dead)/drill.json", atomically: false, encoding: .utf8)
            #expect(try await DrillFolder.sweep(parent) == 1)
            let left = try FileManager.default.contentsOfDirectory(atPath: parent).map { "\(parent)/\($0)" }
            #expect(Set(left) == [living.path, stranger])
            try await living.remove()
            #expect(!FileManager.default.fileExists(atPath: living.path))
        }
    }

    @Test func theJanitorRemovesOnlyAMarkedFolderOfThatName() async throws {
        try await withScratchDirectory { parent async throws in
            let unmarked = "\(parent)/opsctl-drill.abcdef"
            let foreign = "\(parent)/precious"
            for folder in [unmarked, foreign] {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            }
            try "{}".write(toFile: "\(foreign)/drill.json", atomically: false, encoding: .utf8)
            try await Janitor.clean(unmarked)
            await #expect(throws: ProcessError.self) { try await Janitor.clean(foreign) }
            #expect(FileManager.default.fileExists(atPath: unmarked))
            #expect(FileManager.default.fileExists(atPath: foreign))
        }
    }

    @Test func theWorkFolderIsClosedToOthers() async throws {
        try await withScratchDirectory { parent async throws in
            let account = try ScratchAccount(named: nil, environment: [:])
            let folder = try await DrillFolder.make(in: parent, drill: "d", for: account)
            var status = stat()
            #expect(stat(folder.work, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o700)
            #expect(status.st_uid == account.uid)
            try await folder.remove()
        }
    }
}
