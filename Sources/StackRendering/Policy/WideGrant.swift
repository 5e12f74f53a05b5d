/// What a statement gives without limits, however that is written.
extension AccessStatement {
    /// Actions that are too wide for the resources that they are given on; both empty when there are none.
    var wideGrant: (actions: [String], resources: [String]) {
        let everything = resources.compactMap(\.self).compactMap(EverythingName.init)
        let wide = actions.filter { action in Self.isWide(action) && everything.contains { $0.covers(action) } }
        let names = everything.filter { name in wide.contains(where: name.covers) }.map(\.text)
        return (wide, names)
    }

    /// Everything, everything of a service, or what hands any role on.
    private static func isWide(_ action: String) -> Bool {
        let action = action.lowercased()
        let name = action.firstIndex(of: ":").map { action[action.index(after: $0)...] } ?? action[...]
        return isOnlyWildcards(name) || matchesGlob("iam:passrole", action)
    }
}

/// A resource that stands for all of a service, or for all there is.
private struct EverythingName {
    let text: String
    private let service: String

    init?(_ text: String) {
        self.text = text
        guard !isOnlyWildcards(text[...]) else {
            service = "*"
            return
        }
        var parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        // A wildcard also stands for the parts that are not written.
        if parts.count < 6, parts.last?.last == "*" { parts += Array(repeating: "*", count: 6 - parts.count) }
        guard parts.count == 6, parts[0] == "arn" || isOnlyWildcards(parts[0]) else { return nil }
        let (account, resource) = (parts[4], parts[5])
        service = parts[2].lowercased()
        // Zones have no account in their name, and none but the account's own can be reached.
        if account.isEmpty, service == "route53" { return nil }
        guard account.isEmpty || account.contains(where: isWildcard) else { return nil }
        let names = resource.split(whereSeparator: { $0 == "/" || $0 == ":" })
        // Without an account the first part is a name, with one it is a type: `role/*`.
        let isTyped = !account.isEmpty && names.count > 1
        guard !names.isEmpty, names.dropFirst(isTyped ? 1 : 0).allSatisfy(isOnlyWildcards) else { return nil }
    }

    func covers(_ action: String) -> Bool {
        let own = action.firstIndex(of: ":").map { action[..<$0].lowercased() } ?? "*"
        return isOnlyWildcards(own[...]) || matchesGlob(own, service)
    }
}

private func isWildcard(_ character: Character) -> Bool { character == "*" || character == "?" }

private func isOnlyWildcards(_ text: Substring) -> Bool { !text.isEmpty && text.allSatisfy(isWildcard) }
