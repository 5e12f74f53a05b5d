/// Comparisons of versions that must all hold: `>=1.2 <2`; without an operator a version must be equal.
package struct VersionRange: Sendable {
    private enum Comparison: String, CaseIterable {
        case atLeast = ">="
        case atMost = "<="
        case more = ">"
        case less = "<"
        case equal = "="
    }

    private let parts: [(Comparison, Version)]

    package init?(_ text: String) {
        var parts: [(Comparison, Version)] = []
        for word in text.split(whereSeparator: { $0 == " " || $0 == "," }) {
            let comparison = Comparison.allCases.first { word.hasPrefix($0.rawValue) }
            guard let version = Version(word.dropFirst(comparison?.rawValue.count ?? 0)) else { return nil }
            parts.append((comparison ?? .equal, version))
        }
        guard !parts.isEmpty else { return nil }
        self.parts = parts
    }

    package func contains(_ text: String) -> Bool {
        guard let version = Version(text[...]) else { return false }
        return parts.allSatisfy { comparison, limit in
            switch comparison {
            case .atLeast: version >= limit
            case .atMost: version <= limit
            case .more: version > limit
            case .less: version < limit
            case .equal: version == limit
            }
        }
    }
}

/// `1.2.3-rc1+build`, also with a leading `v`, compared as semver.org 2.0 says; missing numbers count as 0.
private struct Version: Comparable {
    private let numbers: [Int]
    private let prerelease: [Substring]

    init?(_ text: Substring) {
        let bare = (text.hasPrefix("v") ? text.dropFirst() : text).prefix { $0 != "+" }
        let halves = bare.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let core = halves.first else { return nil }
        let numbers = core.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard !numbers.isEmpty, !numbers.contains(nil) else { return nil }
        let known = numbers.compactMap { $0 }
        self.numbers = known + Array(repeating: 0, count: max(0, 3 - known.count))
        prerelease = halves.count > 1 ? halves[1].split(separator: ".") : []
    }

    static func < (left: Version, right: Version) -> Bool {
        if left.numbers != right.numbers { return left.numbers.lexicographicallyPrecedes(right.numbers) }
        if left.prerelease.isEmpty || right.prerelease.isEmpty {
            return !left.prerelease.isEmpty && right.prerelease.isEmpty
        }
        return left.prerelease.lexicographicallyPrecedes(right.prerelease) { one, two in
            switch (Int(one), Int(two)) {
            case (let one?, let two?): one < two
            case (_?, nil): true
            case (nil, _?): false
            case (nil, nil): one < two
            }
        }
    }
}
