import Foundation

/// How many requests an answer takes.
package enum SampleSize {
    /// Requests without a single error that show an error ratio below `margin`: n with (1 − margin)ⁿ ≤ α
    /// (Hanley and Lippman-Hand, If nothing goes wrong, is everything all right?, JAMA 1983).
    package static func withoutErrors(margin: Double, alpha: Double = 0.05) -> Int {
        precondition(margin > 0 && margin < 1, "a margin is between 0 and 1")
        return Int((Foundation.log(alpha) / Foundation.log(1 - margin)).rounded(.up))
    }

    /// Requests of the candidate that show, with `power`, that it is not worse by `margin`, when both fail with `errorRatio`
    /// (Blackwelder, "Proving the null hypothesis" in clinical trials, 1982).
    /// - Parameter baselinePerCandidate: requests of the baseline for each one of the candidate; 1 for equal arms.
    package static func nonInferiority(
        errorRatio p: Double, margin: Double, alpha: Double = 0.05, power: Double = 0.9,
        baselinePerCandidate: Double = 1
    ) -> Int {
        let z = normalQuantile(1 - alpha) + normalQuantile(power)
        return Int((z * z * p * (1 - p) * (1 + 1 / baselinePerCandidate) / (margin * margin)).rounded(.up))
    }

    /// Values after which every quantile of the sample is within `error` (as a probability) of the true one, whatever the
    /// distribution (Dvoretzky, Kiefer and Wolfowitz 1956, with the constant of Massart, Annals of Probability 1990).
    package static func quantiles(error: Double, alpha: Double = 0.05) -> Int {
        Int((Foundation.log(2 / alpha) / (2 * error * error)).rounded(.up))
    }
}
