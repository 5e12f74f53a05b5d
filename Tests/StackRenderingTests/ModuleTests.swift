import Foundation
import ProcessClient
import StackRendering
import TestSupport
import Testing

/// `terraform test` of one module, in a copy.
enum ModuleTests {
    static func run(_ module: String) async throws {
        try await withScratchDirectory { scratch in
            try FileManager.default.copyItem(
                atPath: "\(OpsctlBinary.repository)/Stacks/aws/modules", toPath: "\(scratch)/modules")
            let terraform = try Terraform(
                path: try #require(findExecutable("terraform")), environment: ProcessInfo.processInfo.environment,
                scratch: scratch)
            let folder = "\(scratch)/modules/\(module)"
            let start = try await terraform.run(
                ["init", "-backend=false", "-input=false", "-no-color"], in: folder, timeout: .seconds(600))
            #expect(start.status == 0, "\(start.errors)")
            let result = try await terraform.run(["test", "-no-color"], in: folder, timeout: .seconds(300))
            #expect(result.status == 0, "\(result.output)\(result.errors)")
        }
    }
}
