/// The unified difference of two texts, as diff(1) -u writes it (POSIX, "diff -u").
package struct TextDifference: Sendable {
    private enum Line { case kept(String), removed(String), added(String) }

    private let lines: [Line]

    package init(from old: String, to new: String) {
        let (before, after) = (Self.lines(old), Self.lines(new))
        let difference = after.difference(from: before)
        var removed: Set<Int> = []
        var added: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var lines: [Line] = []
        var (left, right) = (0, 0)
        while left < before.count || right < after.count {
            if left < before.count, removed.contains(left) {
                lines.append(.removed(before[left]))
                left += 1
            } else if right < after.count, added.contains(right) {
                lines.append(.added(after[right]))
                right += 1
            } else {
                lines.append(.kept(before[left]))
                (left, right) = (left + 1, right + 1)
            }
        }
        self.lines = lines
    }

    /// - Parameter context: unchanged lines around a change.
    package func unified(old: String, new: String, context: Int = 3) -> String {
        let hunks = hunks(context)
        guard !hunks.isEmpty else { return "" }
        return (["--- \(old)", "+++ \(new)"] + hunks.flatMap(text)).joined(separator: "\n")
    }

    /// Ranges of lines that hang together.
    private func hunks(_ context: Int) -> [Range<Int>] {
        var hunks: [Range<Int>] = []
        for (index, line) in lines.enumerated() {
            if case .kept = line { continue }
            let range = max(0, index - context)..<min(lines.count, index + context + 1)
            if let last = hunks.last, last.upperBound >= range.lowerBound {
                hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
            } else {
                hunks.append(range)
            }
        }
        return hunks
    }

    private func text(_ hunk: Range<Int>) -> [String] {
        let (left, right) = (counts(0..<hunk.lowerBound), counts(hunk))
        func span(_ start: Int, _ count: Int) -> String { "\(count == 0 ? start : start + 1),\(count)" }
        let head = "@@ -\(span(left.old, right.old)) +\(span(left.new, right.new)) @@"
        return [head]
            + lines[hunk].map { line in
                switch line {
                case .kept(let text): " \(text)"
                case .removed(let text): "-\(text)"
                case .added(let text): "+\(text)"
                }
            }
    }

    private func counts(_ range: Range<Int>) -> (old: Int, new: Int) {
        var (old, new) = (0, 0)
        for line in lines[range] {
            if case .added = line {} else { old += 1 }
            if case .removed = line {} else { new += 1 }
        }
        return (old, new)
    }

    private static func lines(_ text: String) -> [String] {
        guard !text.isEmpty else { return [] }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return text.hasSuffix("\n") ? lines.dropLast() : lines
    }
}
