import ArgumentParser

/// How plans, policy and drift are printed.
enum StackFormat: String, ExpressibleByArgument, CaseIterable { case text, json, markdown, junit, sarif, github }
