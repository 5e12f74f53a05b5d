import Foundation
import OpsModel
@testable import StackRendering
import TestSupport
import Testing

/// With a program in the place of Terraform that keeps its "bucket" in a folder.
struct StateBootstrapTests {
    @Test func whatIsThereIsLeftAlone() async throws {
        try await BootstrapScene.with { scene in
            try scene.write(scene.state("theirs", outputs: true), to: "bucket/state")
            #expect(try await scene.run() == .exists)
            #expect(try scene.calls == ["init", "state pull"])
        }
    }

    @Test func theStateOnDiskGoesOnceItWasReadBackFromTheBucket() async throws {
        try await BootstrapScene.with { scene in
            let outcome = try await scene.run()
            #expect(outcome == .made)
            #expect(try scene.calls.suffix(2) == ["init -migrate-state", "state pull"])
            #expect(try scene.left == [])
            #expect(try scene.read("bucket/state").contains("mine"))
        }
    }

    @Test func aStateOfAnotherLineageIsNeverOverwritten() async throws {
        try await BootstrapScene.with { scene in
            try scene.write(scene.state("theirs", outputs: true), to: "bucket/state")
            try scene.write(scene.state("mine", outputs: true), to: "layer/bootstrap.tfstate")
            await #expect(throws: BootstrapError.otherState(environment: "prod", inBucket: "theirs", onDisk: "mine")) {
                try await scene.run()
            }
            #expect(try !scene.calls.contains { $0 == "apply" || $0.contains("migrate") })
            #expect(try scene.left == ["bootstrap.tfstate"])
            #expect(try scene.read("bucket/state").contains("theirs"))
        }
    }

    @Test func aStateThatAppearsWhileTheBucketIsMadeIsNotOverwritten() async throws {
        try await BootstrapScene.with { scene in
            try scene.write("", to: "intruder")
            await #expect(throws: BootstrapError.otherState(environment: "prod", inBucket: "theirs", onDisk: "mine")) {
                try await scene.run()
            }
            #expect(try scene.read("bucket/state").contains("theirs"))
            #expect(try scene.left.contains("bootstrap.tfstate"))
        }
    }

    @Test func aStateThatGivesNothingOutIsRefused() async throws {
        try await BootstrapScene.with { scene in
            try scene.write(scene.state("theirs", outputs: false), to: "bucket/state")
            await #expect(throws: BootstrapError.emptyState(environment: "prod", lineage: "theirs")) {
                try await scene.run()
            }
            #expect(try !scene.calls.contains("apply"))
        }
    }

    @Test func anOverrideWithoutAStateIsOfARunThatHadDoneNothing() async throws {
        try await BootstrapScene.with { scene in
            try scene.write(scene.state("theirs", outputs: true), to: "bucket/state")
            try scene.write("terraform {}\n", to: "layer/zz_bootstrap_override.tf")
            #expect(try await scene.run() == .exists)
            #expect(try scene.left == [])
        }
    }

    @Test func aRunThatWasCutOffGoesOnFromItsState() async throws {
        try await BootstrapScene.with { scene in
            try scene.write(scene.state("mine", outputs: false), to: "layer/bootstrap.tfstate")
            #expect(try await scene.run() == .made)
            #expect(try scene.calls.contains("apply"))
            #expect(try scene.left == [])
        }
    }

    @Test func aRunThatWasCutOffAfterTheMoveOnlyCleansUp() async throws {
        try await BootstrapScene.with { scene in
            for file in ["bucket/state", "layer/bootstrap.tfstate", "layer/bootstrap.tfstate.backup"] {
                try scene.write(scene.state("mine", outputs: true), to: file)
            }
            #expect(try await scene.run() == .made)
            #expect(try scene.calls == ["init", "state pull"])
            #expect(try scene.left == [])
        }
    }

    @Test func aStateThatDidNotArriveIsKeptOnDisk() async throws {
        try await BootstrapScene.with { scene in
            try scene.write("", to: "loses")
            let error = await #expect(throws: BootstrapError.self) { try await scene.run() }
            #expect(error?.diagnostic.id == "stack.not_moved")
            #expect(try scene.left == ["bootstrap.tfstate"])
        }
    }

    @Test(arguments: [
        ("Error: S3 bucket \"acme-tfstate\" does not exist.", true), ("api error NoSuchBucket: …", true),
        ("Failed to get existing workspaces: S3 bucket \"a\" does not exist.\n\nThe referenced", true),
        ("the role does not exist", false), ("AccessDenied: S3 bucket \"a\"", false),
    ])
    func terraformsWordsForAMissingBucketAreKnown(_ why: String, _ isMissing: Bool) {
        let error = StackError.terraform(step: "init", layer: .bootstrap, environment: "prod", why: why)
        #expect(error.saysNoBucket == isMissing)
    }
}

/// A workspace, and a program `terraform` of which each call is written down.
private struct BootstrapScene {
    let folder: String
    var workspace: StackWorkspace { StackWorkspace(root: "\(folder)/work", environment: "prod") }
    private var layer: String { workspace.folder(of: .bootstrap) }

    static func with(_ body: (BootstrapScene) async throws -> Void) async throws {
        try await withScratchDirectory { folder in
            let scene = BootstrapScene(folder: folder)
            try FileManager.default.createDirectory(atPath: scene.layer, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/layer", withDestinationPath: scene.layer)
            try scene.write("terraform {\n  backend \"s3\" {}\n}\n", to: "layer/versions.tf")
            try scene.write(program, to: "terraform")
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o700], ofItemAtPath: "\(folder)/terraform")
            try await body(scene)
        }
    }

    func run() async throws -> StateBootstrap.Outcome {
        let terraform = try Terraform(
            path: "\(folder)/terraform", environment: ["PATH": "/usr/bin:/bin"], scratch: folder)
        let runs = LayerRuns(settings: sampleSettings(), workspace: workspace, terraform: terraform)
        return try await StateBootstrap(workspace: workspace, runs: runs) { _ in }.run(logs: "\(folder)/logs")
    }

    func state(_ lineage: String, outputs: Bool) -> String {
        #"{"version":4,"serial":1,"lineage":"\#(lineage)","outputs":"#
            + (outputs ? #"{"bootstrap":{"value":"\#(lineage)","type":"string"}}}"# : "{}}")
    }

    func write(_ text: String, to path: String) throws {
        let file = URL(filePath: "\(folder)/\(path)")
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    func read(_ path: String) throws -> String { try String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8) }

    var calls: [String] {
        get throws { try read("calls").split(separator: "\n").map(String.init) }
    }

    /// What lies in the layer's folder beside its rendered file, and of the folder for reading the bucket.
    var left: [String] {
        get throws {
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/work/bootstrap.destination"))
            return try FileManager.default.contentsOfDirectory(atPath: layer).filter { $0 != "versions.tf" }.sorted()
        }
    }

    private static let program = #"""
        #!/bin/sh
        root=$(dirname "$0")
        case "$*" in *-migrate-state*) mode=" -migrate-state" ;; state*) mode=" pull" ;; *) mode="" ;; esac
        echo "$1$mode" >> "$root/calls"
        local=zz_bootstrap_override.tf
        state() { echo "{\"version\":4,\"serial\":2,\"lineage\":\"$1\",\"outputs\":{\"bootstrap\":{\"value\":\"$1\",\"type\":\"string\"}}}"; }
        case "$1" in
        init)
            test -e $local && exit 0
            if ! test -d "$root/bucket"; then
                echo '{"diagnostic":{"severity":"error","summary":"Error","detail":"S3 bucket \"b\" does not exist."}}'
                exit 1
            fi
            if test -n "$mode" && ! test -e "$root/loses"; then cp bootstrap.tfstate "$root/bucket/state"; fi
            ;;
        apply)
            mkdir -p "$root/bucket"
            state mine > bootstrap.tfstate
            test -e "$root/intruder" && state theirs > "$root/bucket/state"
            echo '{"type":"change_summary","changes":{"add":1,"change":0,"remove":0,"operation":"apply"}}'
            ;;
        state) if test -e $local; then cat bootstrap.tfstate; elif test -e "$root/bucket/state"; then cat "$root/bucket/state"; fi ;;
        *) exit 9 ;;
        esac
        exit 0
        """#
}
