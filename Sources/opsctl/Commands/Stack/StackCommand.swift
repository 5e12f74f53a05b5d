import ArgumentParser
import OpsModel
import StackRendering

struct StackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stack", abstract: "Render, plan, apply and check the Terraform stacks.",
        discussion: """
            Stacks/aws/modules holds the reviewed modules; `render` writes the small files that wire them together for one
            environment, from its section `stack`. They belong in git, and nobody edits them by hand. `plan` makes a bundle, `apply`
            carries out exactly that, `drift` says what was changed by hand, `outputs` hands over to probes and configuration.
            """,
        subcommands: [
            StackList.self, StackRender.self, StackDiff.self, StackValidate.self, StackGraphCommand.self,
            StackPlan.self,
            StackApply.self, StackStatus.self, StackUnlock.self, StackDrift.self, StackPolicyCommand.self,
            StackOutputsCommand.self, StackBootstrap.self,
        ])
}

/// Where the stacks of a project are.
struct StackFolders {
    /// As printed: relative to the project where it lies in there.
    let display: String
    let root: String
    let environment: String
    let projectFolder: String

    init(_ project: Project) {
        projectFolder = project.folder
        root = "\(project.stacksPath)/aws"
        environment = project.environmentName
        let prefix = project.folder + "/"
        display = root.hasPrefix(prefix) ? String(root.dropFirst(prefix.count)) : root
    }

    var rendered: RenderedFolder { RenderedFolder(path: "\(root)/environments/\(environment)") }
    var displayRendered: String { "\(display)/environments/\(environment)" }
}

extension Composition {
    /// What rendering would change now.
    func renderPlan() throws -> RenderPlan {
        let settings = try StackSettings(project)
        return try RenderPlan(
            StackRenderer(settings).files(), environment: settings.environment,
            found: StackFolders(project).rendered.snapshot())
    }
}
