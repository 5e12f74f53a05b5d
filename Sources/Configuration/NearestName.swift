/// The known name that a misspelt one most likely meant: smallest edit distance, at most a third of its length (and 3).
package func nearestName(to text: String, among names: [String]) -> String? {
    let limit = min(3, max(1, text.count / 3))
    return names.map { ($0, editDistance(text, $0)) }.filter { $0.1 <= limit }.min { $0.1 < $1.1 }?.0
}

/// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours.
private func editDistance(_ left: String, _ right: String) -> Int {
    let left = Array(left)
    let right = Array(right)
    var rows = [[Int]](repeating: Array(0...right.count), count: left.count + 1)
    for row in rows.indices { rows[row][0] = row }
    for i in left.indices {
        for j in right.indices {
            let substitution = rows[i][j] + (left[i] == right[j] ? 0 : 1)
            rows[i + 1][j + 1] = min(rows[i][j + 1] + 1, rows[i + 1][j] + 1, substitution)
            if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                rows[i + 1][j + 1] = min(rows[i + 1][j + 1], rows[i - 1][j - 1] + 1)
            }
        }
    }
    return rows[left.count][right.count]
}
