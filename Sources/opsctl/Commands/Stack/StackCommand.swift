import ArgumentParser

struct StackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stack", abstract: "Render and check the Terraform stacks.")
}
