import Foundation
import Glibc
import Ledger
import OpsModel
import ProcessClient
import TestSupport
import Testing

@Suite(.serialized, .enabled(if: AppliedStack.isPossible, "\(AppliedStack.reason)"))
struct AppliedStackCrashTests {
    /// A second signing key: CloudFront takes seconds for it.
    private func planSecondKey(_ stack: AppliedStack) async throws -> String {
        let path = "environments/production.yaml"
        let text = try stack.project.read(path)
        let start = try #require(text.range(of: "      - name: 2026-11\n"))
        let end = try #require(text.range(of: "-----END PUBLIC KEY-----\n", range: start.lowerBound..<text.endIndex))
        let key = text[start.lowerBound..<end.upperBound].replacing("2026-11", with: "2026-12")
        try stack.project.write(String(text[..<end.upperBound]) + key + String(text[end.upperBound...]), to: path)
        #expect(try await stack.opsctl("stack", "render").status == 0)
        let plan = try await stack.opsctl("stack", "plan", "edge", "--format", "json")
        #expect(plan.status == 0, "\(plan.errors)")
        return try JSONDecoder().decode(Bundle.self, from: Data(plan.output.utf8)).plan
    }

    /// Starts an apply and waits until Terraform has begun with something.
    private func startApply(_ id: String, _ stack: AppliedStack) async throws -> ProcessIdentity {
        var environment = ProcessInfo.processInfo.environment
        for (name, value) in stack.environment { environment[name] = value }
        let opsctl = try DetachedProcess.start(
            executable: try OpsctlBinary.path(),
            arguments: ["stack", "apply", id, "--yes", "--project", stack.project.folder], environment: environment,
            folder: stack.project.folder, log: "\(stack.project.folder)/apply.out")
        let log = "\(bundle(id, stack))/edge.apply.log"
        try await eventually("terraform has begun to apply", within: .seconds(120)) {
            guard let bytes = FileManager.default.contents(atPath: log) else {
                let story = FileManager.default.contents(atPath: "\(stack.project.folder)/apply.out") ?? Data()
                try #require(try opsctl.isRunning, "\(String(decoding: story, as: UTF8.self))")
                return false
            }
            return String(decoding: bytes, as: UTF8.self).contains("\"type\":\"apply_start\"")
        }
        return opsctl
    }

    private func bundle(_ id: String, _ stack: AppliedStack) -> String {
        "\(stack.project.folder)/.opsctl/stacks/production/plans/\(id)"
    }

    /// The Terraform that works on the layer edge.
    private func terraform(_ stack: AppliedStack) throws -> ProcessIdentity {
        let folder = "\(stack.project.folder)/.opsctl/stacks/production/work/aws/environments/production/edge"
        let files = FileManager.default
        let pids = try files.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.filter { pid in
            let place = realpath("/proc/\(pid)/cwd", nil).map { path in
                defer { free(path) }
                return String(cString: path)
            }
            guard place == folder, let line = files.contents(atPath: "/proc/\(pid)/cmdline") else { return false }
            return String(decoding: line, as: UTF8.self).contains("terraform\0apply")
        }
        let pid = try #require(pids.first)
        return try #require(try ProcessIdentity.of(pid: pid))
    }

    @Test func anApplyWhoseOpsctlIsKilledGoesOnAndIsReportedLater() async throws {
        try await AppliedStack.with { stack in
            let id = try await planSecondKey(stack)
            let opsctl = try await startApply(id, stack)
            let terraform = try terraform(stack)
            try opsctl.signal(SIGKILL)
            let refused = try await stack.opsctl("stack", "apply", id, "--yes")
            #expect(refused.status == 3)
            #expect(try await terraform.waitForExit(atMost: .seconds(120)))

            let status = try await stack.opsctl("stack", "status")
            #expect(status.status == 5)
            #expect(status.output.contains(#/edge: applied, [1-9][0-9]* changes done/#), "\(status.output)")
            let plan = try await stack.opsctl("stack", "plan", "edge", "--expect-empty")
            #expect(plan.errors.contains("an apply of \(id) was cut off"))
            #expect(plan.status == 0, "nothing was lost: \(plan.output)")
            #expect(try await stack.opsctl("stack", "status", "--close").status == 0)
            #expect(try await stack.opsctl("stack", "status").status == 0)
        }
    }

    @Test func aKilledTerraformLeavesALockThatIsExplainedAndAPlanThatGoesOn() async throws {
        try await AppliedStack.with { stack in
            let id = try await planSecondKey(stack)
            let opsctl = try await startApply(id, stack)
            let terraform = try terraform(stack)
            try opsctl.signal(SIGKILL)
            try terraform.signal(SIGKILL, to: .group)
            #expect(try await terraform.waitForExit(atMost: .seconds(10)))

            let status = try await stack.opsctl("stack", "status")
            #expect(status.status == 5)
            #expect(status.output.contains("edge: cut off"), "\(status.output)")
            #expect(status.output.contains("opsctl stack unlock"))
            let held = try await stack.opsctl("stack", "unlock", "edge")
            #expect(held.status == 3)
            #expect(
                held.output.contains(#/locked: edge: OperationTypeApply by .+ since /#), "\(held.output)\(held.errors)")
            #expect(try await stack.opsctl("stack", "unlock", "edge", "--yes").status == 0)

            let plan = try await stack.opsctl("stack", "plan", "edge", "--format", "json")
            #expect(plan.status == 0, "\(plan.errors)")
            let next = try JSONDecoder().decode(Bundle.self, from: Data(plan.output.utf8)).plan
            #expect(try await stack.opsctl("stack", "apply", id, "--yes").status == 3, "the old plan")
            let apply = try await stack.opsctl("stack", "apply", next, "--yes", "--accept-drift")
            #expect(apply.status == 0, "\(apply.output)\(apply.errors)")
            #expect(try await stack.opsctl("stack", "status").status == 0)
        }
    }

    @Test func aBundleIsAppliedAsItWasPlannedOrNotAtAll() async throws {
        try await AppliedStack.with { stack in
            let id = try await planSecondKey(stack)
            #expect(try await stack.opsctl("stack", "apply", id).status == 3, "nobody has said yes")

            let ledger = try await Ledger.open(path: "\(stack.project.folder)/.opsctl/ledger.sqlite")
            try await ledger.append(
                subject: "deploy:20261123T000000Z-aaaa", kind: .decision, step: "opened",
                payload: OpenDeploy(environment: "production"))
            let deploying = try await stack.opsctl("stack", "apply", id, "--yes")
            #expect(deploying.status == 3)
            #expect(deploying.errors.contains("deploy 20261123T000000Z-aaaa is under way"))
            try await ledger.append(
                subject: "deploy:20261123T000000Z-aaaa", kind: .decision, step: "closed",
                payload: ["outcome": "rejected", "why": "test"])

            let plan = "\(bundle(id, stack))/edge.tfplan"
            var bytes = try Data(contentsOf: URL(filePath: plan))
            bytes.append(0)
            try bytes.write(to: URL(filePath: plan))
            let tampered = try await stack.opsctl("stack", "apply", id, "--yes")
            #expect(tampered.status == 4)
            #expect(tampered.errors.contains("edge.tfplan is not what was planned"))
        }
    }
}

private struct Bundle: Decodable { let plan: String }

/// What the deploy's journal writes when one begins.
private struct OpenDeploy: Encodable {
    let environment: String
    let release = Release(name: "7", artifactDigest: "0", configurationDigest: "0")
    let candidate = "blue"
    let kind = "run"
}
