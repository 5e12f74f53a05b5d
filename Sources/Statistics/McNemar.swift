import Foundation

/// Probability of at least `candidateOnly` of all discordant pairs being bad for the candidate only, were both equal: the exact
/// one-sided test (McNemar, Psychometrika 1947; exact: Mosteller 1952). 1 without discordant pairs.
package func mcNemarProbability(candidateOnly: Int, baselineOnly: Int) -> Double {
    let pairs = candidateOnly + baselineOnly
    guard candidateOnly > 0 else { return 1 }
    let logs = (candidateOnly...pairs).map { logChoose(pairs, $0) - Double(pairs) * Foundation.log(2) }
    return min(1, Foundation.exp(logSumExp(logs)))
}
