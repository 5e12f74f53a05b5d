import OpsModel
import Statistics

extension GoldenReport {
    init(_ pairs: [Pair], leftBehind: [String], _ settings: GoldenProbe.Settings) {
        let judgements = [
            Self.outcome(pairs), Self.content(pairs, rounds: settings.rounds), Self.time(pairs, settings.timeRatio),
        ]
        let verdicts = judgements.map(\.verdict)
        let verdict: Verdict =
            verdicts.contains(.fail)
            ? .fail : verdicts.contains(.inconclusive) || !leftBehind.isEmpty ? .inconclusive : .pass
        self.init(verdict: verdict, judgements: judgements, pairs: pairs, leftBehind: leftBehind)
    }

    /// Requests that only one side answered well. Both failing tells nothing about the candidate.
    private static func outcome(_ pairs: [Pair]) -> Judgement {
        let asked = pairs.filter { !$0.candidate.isInconclusive && !$0.baseline.isInconclusive }
        let against = asked.filter { $0.candidate.fault != nil && $0.baseline.fault == nil }
        let inFavour = asked.filter { $0.candidate.fault == nil && $0.baseline.fault != nil }
        let probability = mcNemarProbability(candidateOnly: against.count, baselineOnly: inFavour.count)
        let compared = Set(asked.filter { $0.candidate.fault == nil && $0.baseline.fault == nil }.map(\.request))
        let isGood = !pairs.isEmpty && pairs.allSatisfy { compared.contains($0.request) }
        var (verdict, detail) = (Verdict.pass, "\(asked.count) pairs")
        if let worst = against.first {
            verdict = probability <= GoldenVerdict.significance ? .fail : .inconclusive
            detail =
                "\(worst.request): the candidate alone failed \(against.count) times: \(worst.candidate.fault ?? "")"
                + (verdict == .fail ? "" : " (\(GoldenVerdict.fewestPairs) such pairs are proof)")
        } else if asked.count < pairs.count || !isGood {
            verdict = .inconclusive
            let pair = pairs.first { $0.candidate.fault != nil || $0.baseline.fault != nil }
            detail = "could not compare: \(pair?.baseline.fault ?? pair?.candidate.fault ?? "nothing was asked")"
        }
        return Judgement(
            name: "outcome", verdict: verdict, against: against.count, forCandidate: inFavour.count,
            probability: probability, detail: detail)
    }

    /// A difference that comes back every round is no chance; one that does not needs somebody to look.
    private static func content(_ pairs: [Pair], rounds: Int) -> Judgement {
        let comparable = pairs.filter { $0.candidate.fault == nil && $0.baseline.fault == nil }
        let different = comparable.filter { !$0.differences.isEmpty }
        let byRequest = Dictionary(grouping: comparable, by: \.request)
        let constant = different.first { pair in
            let all = byRequest[pair.request] ?? []
            return all.count > 1 && all.allSatisfy { !$0.differences.isEmpty }
        }
        var (verdict, detail) = (Verdict.pass, "\(comparable.count) results alike")
        if let pair = constant ?? different.first {
            verdict = constant == nil ? .inconclusive : .fail
            let times = different.count { $0.request == pair.request }
            detail =
                "\(pair.request): \(pair.differences.joined(separator: ", ")); "
                + "in \(times) of \(byRequest[pair.request]?.count ?? 0) pairs"
        } else if comparable.isEmpty {
            (verdict, detail) = (.inconclusive, "no result of both sides to compare")
        }
        return Judgement(
            name: "content", verdict: verdict, against: different.count, forCandidate: 0, probability: nil,
            detail: detail)
    }

    /// Slow pairs: single ones are noise, only proof counts.
    private static func time(_ pairs: [Pair], _ ratio: Double) -> Judgement {
        let comparable = pairs.filter { $0.candidate.fault == nil && $0.baseline.fault == nil }
        func slower(_ one: Side, _ other: Side) -> Bool {
            // Below 10 ms the difference is that of the scheduler.
            Double(one.elapsedMilliseconds) > ratio * Double(max(other.elapsedMilliseconds, 10))
        }
        let against = comparable.count { slower($0.candidate, $0.baseline) }
        let inFavour = comparable.count { slower($0.baseline, $0.candidate) }
        let probability = mcNemarProbability(candidateOnly: against, baselineOnly: inFavour)
        let isSlow = probability <= GoldenVerdict.significance
        let middle = median(comparable.map { Double($0.candidate.elapsedMilliseconds) })
        let other = median(comparable.map { Double($0.baseline.elapsedMilliseconds) })
        return Judgement(
            name: "time", verdict: isSlow ? .fail : .pass, against: against, forCandidate: inFavour,
            probability: probability,
            detail: "median \(Int(middle)) ms, baseline \(Int(other)) ms; slower in \(against), faster in \(inFavour) "
                + "of \(comparable.count) pairs")
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return 0 }
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}
