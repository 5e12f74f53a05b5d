import Deploy
import OpsModel
import Testing

/// What every router promises, whatever stands behind it.
@Suite struct BackendRouterConformanceTests {
    @Test(arguments: RouterBackend.allCases)
    func aCommittedRouteIsReadBack(_ backend: RouterBackend) async throws {
        try await backend.with { bench async throws in
            #expect(try await bench.router.route().live == .blue)
            try await bench.router.commit(Route(live: .green, epoch: 7)) {}
            #expect(try await bench.router.route() == Route(live: .green, epoch: 7))
            try await bench.router.commit(Route(live: .blue, epoch: 8)) {}
            #expect(try await bench.router.route() == Route(live: .blue, epoch: 8))
        }
    }

    @Test(arguments: RouterBackend.allCases)
    func sharesOfATenthOfAPercentAreExact(_ backend: RouterBackend) async throws {
        try await backend.with { bench async throws in
            var epoch = 1
            for share in [10, 50, 100, 500, 1000, 2500, 3330, 5000, 7500, 9990, 0] {
                let route = Route(live: .blue, share: share, epoch: epoch)
                try await bench.router.commit(route) {}
                #expect(try await bench.router.route() == route)
                epoch += 1
            }
        }
    }

    @Test(arguments: RouterBackend.allCases)
    func aFenceThatThrowsWritesNothing(_ backend: RouterBackend) async throws {
        struct NotMine: Error {}
        try await backend.with { bench async throws in
            try await bench.router.commit(Route(live: .blue, share: 500, epoch: 1)) {}
            await #expect(throws: NotMine.self) {
                try await bench.router.commit(Route(live: .green, epoch: 2)) { throw NotMine() }
            }
            #expect(try await bench.router.route() == Route(live: .blue, share: 500, epoch: 1))
        }
    }

    @Test(arguments: RouterBackend.allCases)
    func aWriterThatWasOvertakenAtItsFenceIsRefused(_ backend: RouterBackend) async throws {
        try await backend.with { bench async throws in
            let router = bench.router
            await #expect {
                try await router.commit(Route(live: .green, epoch: 1)) {
                    // The newer holder writes while the older one stands behind its fence.
                    try await router.commit(Route(live: .blue, epoch: 2)) {}
                }
            } throws: { if case RouterError.fenced = $0 { true } else { false } }
            #expect(try await router.route() == Route(live: .blue, epoch: 2))
        }
    }

    /// HAProxy keeps no order of epochs: there the lease's holder is told apart by the fence alone.
    @Test(arguments: [RouterBackend.elbv2Rule, .elbv2Listener, .kubernetes])
    func anOlderEpochDoesNotOverwriteANewerOne(_ backend: RouterBackend) async throws {
        try await backend.with { bench async throws in
            try await bench.router.commit(Route(live: .blue, epoch: 9)) {}
            await #expect {
                try await bench.router.commit(Route(live: .green, epoch: 8)) { Issue.record("the fence was asked") }
            } throws: { if case RouterError.fenced = $0 { true } else { false } }
            await #expect(throws: RouterError.self) { try await bench.router.pin(Route(live: .green, epoch: 8)) }
            #expect(try await bench.router.route() == Route(live: .blue, epoch: 9))
        }
    }

    @Test(arguments: RouterBackend.allCases)
    func aPinSurvivesWritesAndMovesNoTraffic(_ backend: RouterBackend) async throws {
        try await backend.with { bench async throws in
            try await bench.router.pin(Route(live: .blue, epoch: 3))
            try await bench.router.commit(Route(live: .green, epoch: 4)) {}
            #expect(try await bench.router.pinnedRoute() == Route(live: .blue, epoch: 3))
            try await bench.router.pin(Route(live: .green, epoch: 4))
            #expect(try await bench.router.pinnedRoute() == Route(live: .green, epoch: 4))
            #expect(try await bench.router.route() == Route(live: .green, epoch: 4))
        }
    }

    @Test(arguments: RouterBackend.allCases)
    func aChangeByHandIsSeen(_ backend: RouterBackend) async throws {
        try await backend.with { bench async throws in
            let ours = Route(live: .blue, epoch: 5)
            try await bench.router.commit(ours) {}
            try await bench.changeByHand()
            let found = try await bench.router.route()
            #expect(found != ours)
            #expect(found.share(of: .green) == 5000)
        }
    }

    @Test(arguments: RouterBackend.allCases)
    func theCommandsForAPersonHoldNoSecret(_ backend: RouterBackend) async throws {
        try await backend.with { bench async throws in
            let commands = bench.router.commands(for: Route(live: .green, share: 500, epoch: 2))
            #expect(!commands.isEmpty)
            #expect(!commands.joined().contains(bench.secret))
        }
    }

    @Test(arguments: RouterBackend.allCases)
    func theIncarnationDoesNotChangeByAWrite(_ backend: RouterBackend) async throws {
        try await backend.with { bench async throws in
            let before = try await bench.router.incarnation()
            try await bench.router.commit(Route(live: .green, epoch: 1)) {}
            #expect(try await bench.router.incarnation() == before)
        }
    }

    @Test(arguments: RouterBackend.allCases)
    func aRouterCountsOrSaysThatItDoesNot(_ backend: RouterBackend) async throws {
        try await backend.with { bench async throws in
            do {
                #expect(try await bench.router.counters().keys.count == 2)
                #expect(backend == .haproxy)
            } catch RouterError.uncounted {
                #expect(backend != .haproxy)
            }
        }
    }
}
