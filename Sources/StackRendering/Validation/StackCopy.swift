import Foundation

/// A copy of the stacks in which Terraform may leave what it likes.
struct StackCopy: Sendable {
    /// Folder of this copy; holds `aws/modules` and `aws/environments/<name>`.
    let root: String

    /// Copies modules and one environment, without Terraform's working folders and states.
    init(of stacks: String, environment: String, to root: String) throws {
        self.root = "\(root)/aws"
        guard FileManager.default.fileExists(atPath: "\(stacks)/modules") else {
            throw StackError.noModules(path: "\(stacks)/modules")
        }
        for part in ["modules", "environments/\(environment)"] {
            try copy("\(stacks)/\(part)", to: "\(self.root)/\(part)")
        }
    }

    func folder(of layer: StackLayer, environment: String) -> String {
        "\(root)/environments/\(environment)/\(layer.rawValue)"
    }
}

private func copy(_ source: String, to target: String) throws {
    let files = FileManager.default
    do {
        try files.createDirectory(atPath: target, withIntermediateDirectories: true)
        guard files.fileExists(atPath: source) else { return }
        for name in try files.contentsOfDirectory(atPath: source) where name != ".terraform" {
            var isFolder: ObjCBool = false
            guard files.fileExists(atPath: "\(source)/\(name)", isDirectory: &isFolder) else { continue }
            if isFolder.boolValue {
                try copy("\(source)/\(name)", to: "\(target)/\(name)")
            } else if !name.contains(".tfstate") && !name.hasSuffix(".tfplan") {
                try files.copyItem(atPath: "\(source)/\(name)", toPath: "\(target)/\(name)")
            }
        }
    } catch let error as StackError {
        throw error
    } catch {
        throw StackError.folder(path: source, reason: error.localizedDescription)
    }
}
