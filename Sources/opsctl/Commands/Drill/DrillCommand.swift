import ArgumentParser

struct DrillCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drill", abstract: "Rehearse a disaster and measure the way back.",
        subcommands: [DrillPitr.self, DrillRedisFailover.self])
}
