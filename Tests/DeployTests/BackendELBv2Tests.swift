import AWSClient
import HTTPClient
import OpsModel
import TestSupport
import Testing

@testable import Deploy

/// What only weighted target groups do.
struct BackendELBv2WeightsTests {
    @Test func everyMultipleOfATenthOfAPercentHasExactWeights() throws {
        for share in stride(from: 0, through: Route.all, by: 10) {
            let weights = try #require(ELBv2Weights(share: share))
            #expect(max(weights.live, weights.other) <= 999)
            #expect(weights.other * Route.all == share * (weights.live + weights.other))
        }
    }

    @Test(arguments: [25, 333, 3333, 6667, 75, 125, 9975])
    func ratiosOfSmallNumbersAreReadBackAsTheyWereWritten(_ share: Int) throws {
        let weights = try #require(ELBv2Weights(share: share))
        #expect(ELBv2Weights.share(of: weights.other, beside: weights.live) == share)
    }

    @Test(arguments: [1, 5, 9, 5001, 9995])
    func aShareWithoutWeightsIsNoShare(_ share: Int) {
        #expect(ELBv2Weights(share: share) == nil)
    }

    @Test func noWeightThatGetsRequestsReadsAsNothingOrAll() {
        #expect(ELBv2Weights.share(of: 1, beside: 999_999) == 1)
        #expect(ELBv2Weights.share(of: 999_999, beside: 1) == Route.all - 1)
    }
}

@Suite(.enabled(if: AWSEmulator.isThere, "\(AWSEmulator.reason)")) struct BackendELBv2Tests {
    private let sticky = ["Actions.member.1.ForwardConfig.TargetGroupStickinessConfig.Enabled": "true"]

    @Test func stickinessIsRefusedOnTheWayOutAndEndedOnTheWayBack() async throws {
        try await withAWSEmulator { aws async throws in
            let lab = try await LoadBalancerLab(aws)
            let router = try lab.router()
            try await router.pin(Route(live: .blue, epoch: 1))
            try await lab.setByHand([.blue: 1, .green: 0], sticky)
            try await router.commit(Route(live: .blue, epoch: 1)) {}
            await #expect {
                try await router.commit(Route(live: .green, epoch: 1)) {}
            } throws: { if case RouterError.refused(_, let why) = $0 { why.contains("stickiness") } else { false } }
            #expect(try await router.route().live == .blue)
            try await lab.setByHand([.blue: 0, .green: 1], sticky)
            try await router.commit(Route(live: .blue, epoch: 2)) {}
            #expect(try await router.route() == Route(live: .blue, epoch: 2))
            try await router.commit(Route(live: .green, epoch: 2)) {}
        }
    }

    @Test func aRunThatSleptThroughItsLimitWritesNothing() async throws {
        try await withAWSEmulator { aws async throws in
            let lab = try await LoadBalancerLab(aws)
            let limit = Duration.seconds(2)
            let router = try lab.router(timeout: limit)
            await #expect(throws: HTTPError.self) {
                // As a process does that was stopped between its fence and its write.
                try await router.commit(Route(live: .green, epoch: 1)) { try await Task.sleep(for: limit) }
            }
            #expect(try await lab.router().route() == Route(live: .blue, epoch: 0))
        }
    }

    @Test func aRouteThatIsInForceIsClaimedWithoutAWrite() async throws {
        try await withAWSEmulator { aws async throws in
            let lab = try await LoadBalancerLab(aws)
            try await lab.setByHand([.blue: 400, .green: 100])
            try await lab.router().commit(Route(live: .blue, share: 2000, epoch: 3)) {}
            let rules = try await lab.session.ask(
                .query(.loadBalancing, "DescribeRules", ["RuleArns.member.1": lab.rule]))
            let weights = rules.all("Rules", "member", "Actions", "member", "ForwardConfig", "TargetGroups", "member")
                .compactMap { $0.text("Weight") }
            #expect(weights == ["400", "100"])
            #expect(try await lab.router().route() == Route(live: .blue, share: 2000, epoch: 3))
        }
    }

    @Test func aWholeShiftByHandIsTheOtherSlotsRoute() async throws {
        try await withAWSEmulator { aws async throws in
            let lab = try await LoadBalancerLab(aws)
            try await lab.router().commit(Route(live: .blue, epoch: 3)) {}
            try await lab.setByHand([.blue: 0, .green: 7])
            #expect(try await lab.router().route() == Route(live: .green, epoch: 3))
        }
    }

    @Test func anythingButOneForwardToTheTwoGroupsIsNotOurs() async throws {
        try await withAWSEmulator { aws async throws in
            let lab = try await LoadBalancerLab(aws)
            let answer = [
                "RuleArn": lab.rule, "Actions.member.1.Type": "fixed-response",
                "Actions.member.1.FixedResponseConfig.StatusCode": "503",
            ]
            _ = try await lab.session.ask(.query(.loadBalancing, "ModifyRule", answer))
            await #expect(throws: RouterError.unreadable(what: "forward action", text: "fixed-response")) {
                try await lab.router().route()
            }
        }
    }

    @Test func aSlotWithoutTargetsIsNotAccepted() async throws {
        try await withAWSEmulator { aws async throws in
            let lab = try await LoadBalancerLab(aws)
            #expect(try await lab.router().accepts(.green) == false)
            let group = try #require(lab.groups[.green])
            _ = try await lab.session.ask(
                .query(
                    .loadBalancing, "RegisterTargets",
                    ["TargetGroupArn": group, "Targets.member.1.Id": "10.8.0.10", "Targets.member.1.Port": "8080"]))
            #expect(try await lab.router().accepts(.green))
        }
    }

    @Test func aRuleThatIsNotThereHasNoRoute() async throws {
        try await withAWSEmulator { aws async throws in
            let lab = try await LoadBalancerLab(aws)
            let wrong = ELBv2Router(
                .rule(arn: lab.rule + "0"), blue: "", green: "", place: try lab.place(),
                frontend: RouterFrontend(url: "", previewToken: Secret("")))
            await #expect(throws: AWSError.self) { try await wrong.route() }
        }
    }

    @Test func theCommandsAreThoseOfTheAWSTool() async throws {
        try await withAWSEmulator { aws async throws in
            let lab = try await LoadBalancerLab(aws)
            let commands = try lab.router().commands(for: Route(live: .green, share: 500, epoch: 4))
            #expect(commands.count == 3)
            #expect(commands[1].hasPrefix("aws elbv2 modify-rule --region eu-central-1 --rule-arn \(lab.rule)"))
            #expect(commands[1].contains(#""Weight":950"#) && commands[1].contains(#""Weight":50"#))
        }
    }
}
