/// Which resource it is, and what it was promised to be.
package struct AWSExpectation: Codable, Sendable {
    package var environment: String
    package var region: String
    /// `vpc`, `cluster`, `service`, …; with what the kind locates its resources by.
    package var locator: [String: String]
    /// The value of the first locator.
    package var id: String
    /// Only what is asked for.
    package var settings: [String: AWSValue]

    package init(
        environment: String, region: String, id: String, locator: [String: String], settings: [String: AWSValue]
    ) {
        (self.environment, self.region, self.id) = (environment, region, id)
        (self.locator, self.settings) = (locator, settings)
    }

    /// The commands that mend a setting: AWS's own where there is one, and Terraform's.
    func fix(_ command: String) -> String {
        let terraform = "opsctl stack plan --env \(environment), then opsctl stack apply"
        guard !command.isEmpty else { return terraform }
        var text = command
        let name = id.split(separator: "/").last.map(String.init) ?? id
        for (key, value) in locator.merging(
            ["id": id, "name": name, "environment": environment], uniquingKeysWith: { $1 })
        {
            text = text.replacing("{\(key)}", with: value)
        }
        return text.hasPrefix("aws ") ? "\(text) --region \(region); or \(terraform)" : text
    }
}
