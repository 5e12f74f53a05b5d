import Foundation
import OpsModel
import ProcessClient

/// Asks Terraform whether the files of one environment are valid, in a scratch copy: the project is only read.
package struct StackValidator: Sendable {
    /// The stacks' folder of one cloud, `…/Stacks/aws`, and how it is printed.
    let stacks: String
    let display: String
    let environment: String
    let layers: [StackLayer]
    /// Whether the modules of these layers run their own tests too.
    let includesModules: Bool
    /// The environment of the process.
    let variables: [String: String]
    let tell: @Sendable (String) -> Void

    package init(
        stacks: String, display: String, environment: String, layers: [StackLayer], includesModules: Bool = false,
        variables: [String: String], tell: @escaping @Sendable (String) -> Void
    ) {
        (self.stacks, self.display, self.environment, self.layers) = (stacks, display, environment, layers)
        self.includesModules = includesModules
        (self.variables, self.tell) = (variables, tell)
    }

    /// One check for the format of all files, then one for each layer, in a stable order.
    package func checks() async throws -> [StackCheck] {
        guard let program = findExecutable("terraform") else { return (["format"] + layerNames).map(missing) }
        return try await withScratchFolder { scratch in
            let copy = try StackCopy(of: stacks, environment: environment, to: scratch)
            let terraform = try Terraform(path: program, environment: variables, scratch: scratch)
            tell("provider: \(terraform.source.text)")
            let format = await timed { await FormatCheck(terraform, copy, display: display).run() }
            return [format] + (await checkLayers(terraform, copy)) + (await checkModules(terraform, copy))
        }
    }

    private var layerNames: [String] { layers.map(\.rawValue) }

    private func missing(_ name: String) -> StackCheck {
        StackCheck(
            name, .inconclusive, "terraform is not installed",
            fix: "install Terraform 1.11 or later: https://developer.hashicorp.com/terraform/install")
    }

    private func checkLayers(_ terraform: Terraform, _ copy: StackCopy) async -> [StackCheck] {
        await inParallel(layers) { await check($0, terraform, copy) }
    }

    private func checkModules(_ terraform: Terraform, _ copy: StackCopy) async -> [StackCheck] {
        let modules = includesModules ? Set(layers.flatMap(\.modules)).sorted() : []
        return await inParallel(modules) { module in
            tell("module \(module): terraform init, test")
            let check = ModuleCheck(
                module: module, terraform: terraform, folder: "\(copy.root)/modules/\(module)",
                display: "\(display)/modules/\(module)")
            return await timed { await check.run() }
        }
    }

    private func check(_ layer: StackLayer, _ terraform: Terraform, _ copy: StackCopy) async -> StackCheck {
        let folder = copy.folder(of: layer, environment: environment)
        guard FileManager.default.fileExists(atPath: folder) else {
            return StackCheck(
                layer.rawValue, .inconclusive, "not rendered", fix: "opsctl stack render --env \(environment)")
        }
        tell("\(layer.rawValue): terraform init, validate")
        let check = LayerCheck(
            layer: layer, terraform: terraform, folder: folder,
            display: "\(display)/environments/\(environment)/\(layer.rawValue)")
        return await timed { await check.run() }
    }

    private func timed(_ body: () async -> StackCheck) async -> StackCheck {
        let start = ContinuousClock.now
        let check = await body()
        return check.taking(start.duration(to: .now))
    }

    private func withScratchFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appending(path: "opsctl-stack-\(UUID().uuidString)").path
        do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
            throw StackError.folder(path: folder, reason: error.localizedDescription)
        }
        let result: Result<Value, any Error>
        do { result = .success(try await body(folder)) } catch { result = .failure(error) }
        do { try FileManager.default.removeItem(atPath: folder) } catch {
            tell("the scratch folder \(folder) is left behind: \(error.localizedDescription)")
        }
        return try result.get()
    }
}
