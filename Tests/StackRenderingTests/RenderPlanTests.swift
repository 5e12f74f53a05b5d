import Foundation
import StackRendering
import TestSupport
import Testing

@Suite struct RenderPlanTests {
    private let file = RenderedFile(path: "network/main.tf", text: "new\n")
    private let old = RenderedFile(path: "network/main.tf", text: "old\n")
    private let gone = RenderedFile(path: "edge/main.tf", text: "gone\n")

    /// Lays `files` out, with a manifest of `known`, and returns what a render of `file` would do to each path.
    private func changes(_ files: [RenderedFile], known: [RenderedFile]) throws -> [String: RenderPlan.Change] {
        try withScratchDirectory { folder in
            let plan = try plan(files, known: known, in: folder)
            return Dictionary(uniqueKeysWithValues: plan.entries.map { ($0.path, $0.change) })
        }
    }

    private func plan(_ files: [RenderedFile], known: [RenderedFile], in folder: String) throws -> RenderPlan {
        for file in files { try lay(file.text, at: file.path, in: folder) }
        if !known.isEmpty {
            try lay(RenderManifest(environment: "prod", files: known).text(), at: "manifest.json", in: folder)
        }
        return try RenderPlan([file], environment: "prod", found: RenderedFolder(path: folder).snapshot())
    }

    private func lay(_ text: String, at path: String, in folder: String) throws {
        let target = URL(filePath: "\(folder)/\(path)")
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: target, atomically: false, encoding: .utf8)
    }

    @Test func anEmptyFolderGetsEverything() throws {
        #expect(try changes([], known: []) == ["network/main.tf": .create, "manifest.json": .create])
    }

    @Test func freshFilesAreLeftAlone() throws {
        #expect(try changes([file], known: [file]) == ["network/main.tf": .unchanged, "manifest.json": .unchanged])
    }

    @Test func anUntouchedOldFileIsUpdated() throws {
        #expect(try changes([old], known: [old]) == ["network/main.tf": .update, "manifest.json": .update])
    }

    @Test func aHandEditIsRefused() throws {
        #expect(try changes([old], known: [file])["network/main.tf"] == .refused)
    }

    @Test func aFileThatOpsctlDidNotWriteIsRefused() throws {
        #expect(try changes([old], known: [])["network/main.tf"] == .refused)
        #expect(try changes([file, gone], known: [file])["edge/main.tf"] == .refused)
    }

    @Test func aFileThatIsNoLongerRenderedIsDeleted() throws {
        #expect(try changes([file, gone], known: [file, gone])["edge/main.tf"] == .delete)
    }

    @Test func anEditedOrphanIsRefused() throws {
        let edited = RenderedFile(path: gone.path, text: "edited\n")
        #expect(try changes([file, edited], known: [file, gone])["edge/main.tf"] == .refused)
    }

    @Test func aBrokenManifestVouchesForNothing() throws {
        try withScratchDirectory { folder in
            try lay("{", at: "manifest.json", in: folder)
            let plan = try plan([old], known: [], in: folder)
            #expect(plan.entries.map(\.change) == [.refused, .update])
        }
    }

    @Test func filesOfTerraformItselfAreNotOurs() throws {
        let working = RenderedFile(path: "network/.terraform/modules/x/main.tf", text: "x\n")
        let lock = RenderedFile(path: "network/.terraform.lock.hcl", text: "x\n")
        let values = RenderedFile(path: "network/upstream.auto.tfvars.json", text: "{}\n")
        #expect(try changes([file, working, lock, values], known: [file]).count == 2)
    }

    @Test func applyingThePlanMakesTheFolderFreshAndLeavesNoEmptyFolder() throws {
        try withScratchDirectory { folder in
            let plan = try plan([old, gone], known: [old, gone], in: folder)
            try RenderedFolder(path: folder).apply(plan)
            let after = try RenderPlan([file], environment: "prod", found: RenderedFolder(path: folder).snapshot())
            #expect(!after.isStale)
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/edge"))
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/network/main.tf")
            #expect(attributes[.posixPermissions] as? Int == 0o644)
        }
    }

    @Test func forcingReplacesEditsAndRemovesStrangers() throws {
        try withScratchDirectory { folder in
            let plan = try plan([old, gone], known: [file], in: folder)
            #expect(plan.refused.map(\.path) == ["edge/main.tf", "network/main.tf"])
            try RenderedFolder(path: folder).apply(plan.forced)
            #expect(try String(contentsOfFile: "\(folder)/network/main.tf", encoding: .utf8) == "new\n")
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/edge/main.tf"))
        }
    }

    @Test func aRenderThatWasCutShortIsFinishedByTheNext() throws {
        try withScratchDirectory { folder in
            let second = RenderedFile(path: "network/outputs.tf", text: "new\n")
            let oldSecond = RenderedFile(path: "network/outputs.tf", text: "old\n")
            _ = try plan([file, oldSecond], known: [old, oldSecond], in: folder)  // killed after the first file
            let next = try RenderPlan(
                [file, second], environment: "prod", found: RenderedFolder(path: folder).snapshot())
            #expect(next.entries.map(\.change) == [.unchanged, .update, .update])
        }
    }
}
