/// An attribute that somebody else than Terraform sets, such as a listener's weights by the rollout.
package struct OwnedAttribute: Sendable, Equatable {
    package let type: String
    /// `default_action`, or a path below it.
    package let attribute: String
    package let owner: String
    package let reason: String

    package init(type: String, attribute: String, owner: String, reason: String) {
        (self.type, self.attribute, self.owner, self.reason) = (type, attribute, owner, reason)
    }

    func covers(type: String, path: String) -> Bool {
        guard self.type == type, path.hasPrefix(attribute) else { return false }
        return [nil, ".", "["].contains(path.dropFirst(attribute.count).first)
    }
}
