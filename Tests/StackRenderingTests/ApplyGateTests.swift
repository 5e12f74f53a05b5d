import Foundation
import OpsModel
@testable import StackRendering
import Testing
import TestSupport

struct ApplyGateTests {
    private static let planned = Date(timeIntervalSince1970: 1_800_000_000)

    /// Everything is as it was planned, ten minutes ago.
    private func reasons(
        layers: [PlanManifest.Layer.Outcome] = [.changes, .unchanged], policy: Verdict = .pass,
        takesPart: Bool = false, acceptsDrift: Bool = false, isAgreed: Bool = true,
        _ change: (inout ApplyGate.Present, StackDigests) throws -> Void = { _, _ in }
    ) async throws -> [String] {
        try await withScratchDirectory { scratch in
            let digests = try Self.digests(scratch)
            let manifest = PlanManifest(
                id: "prod-1", environment: "prod", accountID: "123456789012", region: "eu-west-1", endpoint: nil,
                terraform: "1.11.4", createdAt: Self.planned, createdBy: "a@b", modulesDigest: digests.modules,
                layers: zip([StackLayer.network, .data], layers).map { Self.layer($0, $1, digests) }, policy: policy,
                reports: [:])
            var present = ApplyGate.Present(
                now: Self.planned + 600, settings: sampleSettings(), endpoint: nil, digests: digests)
            present.hasOpenWindow = true
            try change(&present, try Self.digests("\(scratch)/other", text: "other"))
            let consent = ApplyGate.Consent(
                maximumAge: .seconds(3600), takesPart: takesPart, acceptsDrift: acceptsDrift, isAgreed: isAgreed)
            return ApplyGate(manifest, present: present, consent: consent).refusals.map(\.reason)
        }
    }

    private static func digests(_ folder: String, text: String = "one") throws -> StackDigests {
        for path in ["stacks/modules/network", "stacks/environments/prod/network"] {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(path)", withIntermediateDirectories: true)
            try text.write(toFile: "\(folder)/\(path)/main.tf", atomically: true, encoding: .utf8)
        }
        return try StackWorkspace(root: "\(folder)/work", environment: "prod").synchronize(from: "\(folder)/stacks")
    }

    private static func layer(
        _ layer: StackLayer, _ outcome: PlanManifest.Layer.Outcome, _ digests: StackDigests
    ) -> PlanManifest.Layer {
        PlanManifest.Layer(
            layer: layer, wave: 1, outcome: outcome, why: nil, planDigest: "1", documentDigest: "2",
            renderedDigest: digests.layer(layer), providerDigest: "3", upstreamDigest: "4", summary: nil)
    }

    @Test func whatIsExactlyAsPlannedIsApplied() async throws {
        #expect(try await reasons() == [])
    }

    @Test func aPreviewIsRefusedUnlessTheRestIsAskedFor() async throws {
        #expect(try await reasons(layers: [.changes, .preview]) == ["preview"])
        #expect(try await reasons(layers: [.changes, .preview], takesPart: true) == [])
        #expect(try await reasons(layers: [.unchanged, .preview], takesPart: true) == ["preview"])
    }

    @Test func aLayerThatCouldNotBePlannedHoldsTheOthersToo() async throws {
        #expect(try await reasons(layers: [.changes, .failed], takesPart: true) == ["failed"])
    }

    @Test(arguments: [Verdict.fail, .inconclusive])
    func onlyAPassOfThePolicyIsApplied(_ verdict: Verdict) async throws {
        #expect(try await reasons(policy: verdict) == ["policy"])
    }

    @Test func anOldPlanIsRefused() async throws {
        #expect(try await reasons { present, _ in present.now += 3000 } == [])
        #expect(try await reasons { present, _ in present.now += 3001 } == ["old"])
    }

    @Test func anotherAccountOrEndpointIsRefused() async throws {
        #expect(try await reasons { present, _ in present.accountID = "210987654321" } == ["place"])
        #expect(try await reasons { present, _ in present.endpoint = "http://127.0.0.1:1" } == ["place"])
    }

    @Test func filesThatChangedSinceAreRefused() async throws {
        #expect(try await reasons { present, other in present.digests = other } == ["stale"])
    }

    @Test func aTamperedFileIsRefusedAsTampering() async throws {
        #expect(try await reasons { present, _ in present.tampered = [("data.tfplan", "digest")] } == ["tampered"])
    }

    @Test func swallowedDriftNeedsConsent() async throws {
        #expect(try await reasons { present, _ in present.swallowed = 1 } == ["drift"])
        #expect(try await reasons(acceptsDrift: true) { present, _ in present.swallowed = 1 } == [])
    }

    @Test func aBundleIsAppliedOnce() async throws {
        #expect(try await reasons { present, _ in present.wasApplied = true } == ["applied"])
    }

    @Test func aPlanOfTheFutureOrOfNothingIsRefused() async throws {
        #expect(try await reasons { present, _ in present.now = Self.planned - 61 } == ["future"])
        #expect(try await reasons(layers: []) == ["empty"])
    }

    @Test func somebodySaysYesOutsideEphemeralEnvironments() async throws {
        #expect(try await reasons(isAgreed: false) == ["needs_yes"])
        #expect(try await reasons(isAgreed: false) { present, _ in present.protection = .ephemeral } == [])
    }

    @Test func whatMayLoseSomethingNeedsAWindowInCriticalEnvironments() async throws {
        // The fixture's plan has no summary: nobody can say that it loses nothing.
        #expect(try await reasons { present, _ in present.hasOpenWindow = false } == ["outside_window"])
        #expect(
            try await reasons { present, _ in
                (present.hasOpenWindow, present.protection) = (false, .standard)
            } == [])
    }

    @Test func aPlanOfBeforeAnApplyThatWasCutOffIsRefused() async throws {
        let (before, after) = (rfc3339(Self.planned - 1), rfc3339(Self.planned + 1))
        func open(_ at: String) -> OpenApply { OpenApply(plan: "prod-0", at: at, layers: [.network]) }
        #expect(try await reasons { present, _ in present.openApply = open(after) } == ["cut_off"])
        #expect(try await reasons { present, _ in present.openApply = open(before) } == [])
    }

    @Test func anOpenDeployHoldsTheApply() async throws {
        #expect(try await reasons { present, _ in present.openDeploys = ["d1"] } == ["deploy_open"])
    }
}
