import Deploy
import OpsModel
import TestSupport
import Testing

/// What every runner promises, whatever stands behind it.
@Suite struct BackendRunnerConformanceTests {
    @Test(arguments: RunnerBackend.allCases)
    func aStartedReleaseIsSeenAndStartingItAgainIsFine(_ backend: RunnerBackend) async throws {
        try await backend.with { bench async throws in
            let launch = bench.launch("one")
            #expect(try await bench.runner.state(of: .green).isRunning == false)
            try await bench.runner.start(launch, in: .green)
            let state = try await bench.runner.state(of: .green)
            #expect(state.isRunning && state.release == launch.release)
            try await bench.runner.start(launch, in: .green)
            #expect(try await bench.runner.state(of: .green) == state)
            #expect(try await bench.runner.state(of: .blue).isRunning == false)
        }
    }

    @Test(arguments: RunnerBackend.allCases)
    func anotherReleaseIsRefusedWhileOneRuns(_ backend: RunnerBackend) async throws {
        try await backend.with { bench async throws in
            try await bench.runner.start(bench.launch("one"), in: .blue)
            await #expect(throws: RunnerError.occupied(slot: .blue, release: "one")) {
                try await bench.runner.start(bench.launch("two"), in: .blue)
            }
            #expect(try await bench.runner.state(of: .blue).release?.name == "one")
        }
    }

    @Test(arguments: RunnerBackend.allCases)
    func aStoppedSlotTakesAnotherRelease(_ backend: RunnerBackend) async throws {
        try await backend.with { bench async throws in
            try await bench.runner.start(bench.launch("one"), in: .blue)
            try await bench.runner.start(bench.launch("one"), in: .green)
            try await bench.runner.stop(.blue)
            #expect(try await bench.runner.state(of: .blue).isRunning == false)
            #expect(try await bench.runner.state(of: .green).isRunning, "the other slot is left alone")
            try await bench.runner.start(bench.launch("two"), in: .blue)
            let state = try await bench.runner.state(of: .blue)
            #expect(state.isRunning && state.release?.name == "two")
        }
    }

    @Test(arguments: RunnerBackend.allCases)
    func stoppingNothingIsFine(_ backend: RunnerBackend) async throws {
        try await backend.with { bench async throws in
            try await bench.runner.stop(.blue)
            try await bench.runner.start(bench.launch("one"), in: .blue)
            try await bench.runner.stop(.blue)
            try await bench.runner.stop(.blue)
        }
    }

    @Test(arguments: RunnerBackend.allCases)
    func whatHasEndedByItselfIsNotRunning(_ backend: RunnerBackend) async throws {
        try await backend.with { bench async throws in
            try await bench.runner.start(bench.launch("one"), in: .green)
            try await bench.end(.green)
            #expect(try await bench.runner.state(of: .green).isRunning == false)
        }
    }

    @Test(arguments: [RunnerBackend.process, .kubernetes])
    func theLastLinesAreEvidence(_ backend: RunnerBackend) async throws {
        try await backend.with { bench async throws in
            #expect(try await bench.runner.lastLines(of: .green, 5) == "")
            try await bench.runner.start(bench.launch("one"), in: .green)
            try await eventually("it has written") {
                try await bench.runner.lastLines(of: .green, 5).contains(bench.word)
            }
        }
    }

    @Test(arguments: RunnerBackend.allCases)
    func noStateHoldsAValueOfTheEnvironment(_ backend: RunnerBackend) async throws {
        try await backend.with { bench async throws in
            try await bench.runner.start(bench.launch("one"), in: .green)
            let seen = try await bench.runner.state(of: .green)
            let state = String(decoding: try canonicalJSON(seen), as: UTF8.self)
            #expect(!state.contains(RunnerBench.secret))
        }
    }

    @Test(arguments: [RunnerBackend.ecs, .kubernetes])
    func anImageWithoutItsDigestIsRefused(_ backend: RunnerBackend) async throws {
        try await backend.with { bench async throws in
            let launch = testLaunch("one", artifact: "registry.example/app:latest", digest: testImageDigest)
            await #expect(throws: RunnerError.self) { try await bench.runner.start(launch, in: .green) }
            #expect(try await bench.runner.state(of: .green).isRunning == false)
        }
    }
}
