import Deploy
import Foundation
import HAProxyClient
import HTTPClient
import LocalServices
import OpsModel
import ProcessClient
import TestSupport
import Testing

/// Against a real HAProxy; the slots are Python's own HTTP servers.
@Suite(.enabled(if: Requirement.haproxy.isMet, "HAProxy is not installed")) struct HAProxyRouterTests {
    private func router(_ proxy: HAProxyProcess) -> HAProxyRouter {
        HAProxyRouter(
            client: HAProxyClient(socket: proxy.socket), mapFile: proxy.map, key: proxy.options.app,
            frontend: RouterFrontend(url: proxy.address, previewToken: proxy.options.previewToken))
    }

    @Test func aCommittedRouteIsInForceAtOnceAndTheDiskKeepsTheOldOne() async throws {
        try await withHAProxy { proxy async throws in
            let router = router(proxy)
            #expect(try await router.route().live == .blue)
            try await router.commit(Route(live: .green, epoch: 7)) {}
            #expect(try await router.route() == Route(live: .green, epoch: 7))
            #expect(try await router.pinnedRoute().live == .blue)
            try await router.pin(Route(live: .green, epoch: 7))
            #expect(try await router.pinnedRoute() == Route(live: .green, epoch: 7))
        }
    }

    @Test func aRestartGoesBackToTheRouteOnDiskAndIsANewIncarnation() async throws {
        try await withHAProxy { proxy async throws in
            let router = router(proxy)
            let before = try await router.incarnation()
            try await router.commit(Route(live: .green, epoch: 1)) {}
            try await reload(proxy, router, until: { $0 != before })
            #expect(try await router.route().live == .blue)
        }
    }

    /// HAProxy's master drops a reload that arrives while it is still starting: asked again, it obeys.
    private func reload(
        _ proxy: HAProxyProcess, _ router: HAProxyRouter, until isDone: (RouterIncarnation) -> Bool
    ) async throws {
        for _ in 0..<5 {
            try await proxy.reload()
            let limit = ContinuousClock.now + .seconds(2)
            while ContinuousClock.now < limit {
                if isDone(try await router.incarnation()) { return }
                try await Task.sleep(for: .milliseconds(10))
            }
        }
        Issue.record("HAProxy does not reload")
    }

    @Test func aWriterThatWasOvertakenBetweenFenceAndCommitIsRefused() async throws {
        try await withHAProxy { proxy async throws in
            let router = router(proxy)
            await #expect(throws: RouterError.self) {
                try await router.commit(Route(live: .green, epoch: 1)) {
                    // The newer holder writes while the older one stands between its fence and its commit.
                    try await router.commit(Route(live: .blue, epoch: 2)) {}
                }
            }
            #expect(try await router.route() == Route(live: .blue, epoch: 2))
        }
    }

    @Test func aFenceThatThrowsLeavesTheRouteAlone() async throws {
        struct NotMine: Error {}
        try await withHAProxy { proxy async throws in
            let router = router(proxy)
            await #expect(throws: NotMine.self) {
                try await router.commit(Route(live: .green, epoch: 1)) { throw NotMine() }
            }
            #expect(try await router.route().live == .blue)
        }
    }

    @Test func entriesOfOtherServicesSurviveAWrite() async throws {
        try await withHAProxy { proxy async throws in
            let client = HAProxyClient(socket: proxy.socket)
            _ = try await client.ask("add map \(proxy.map) other.color green")
            try await router(proxy).commit(Route(live: .green, epoch: 1)) {}
            #expect(try await client.ask("show map \(proxy.map)").contains("other.color green"))
        }
    }

    @Test func previewReachesASlotThatHasNoTrafficAndIsNotCounted() async throws {
        try await withHAProxy { proxy async throws in
            try await withScratchDirectory { folder async throws in
                let server = try DetachedProcess.start(
                    executable: "python3",
                    arguments: ["-m", "http.server", "\(proxy.options.greenPort)", "--bind", "127.0.0.1"],
                    environment: nil, folder: folder, log: "\(folder)/log")
                do { try await usePreview(proxy, folder) } catch {
                    _ = try await server.stop(gracePeriod: .seconds(2))
                    throw error
                }
                _ = try await server.stop(gracePeriod: .seconds(2))
            }
        }
    }

    private func usePreview(_ proxy: HAProxyProcess, _ folder: String) async throws {
        let (router, http) = (router(proxy), HTTPClient())
        try "ok".write(toFile: "\(folder)/healthz", atomically: true, encoding: .utf8)
        try await eventually("the router counts green as up") { try await router.accepts(.green) }
        #expect(try await router.accepts(.blue) == false)
        let header = (name: "x-opsctl-preview", value: "\(proxy.options.previewToken.reveal())-green")
        let marked = try await http.send(HTTPRequest("GET", "\(proxy.address)/healthz", headers: [header]))
        #expect(marked.status == 200)
        #expect(marked.header("x-opsctl-slot") == "green")
        #expect(try await http.send(HTTPRequest("GET", "\(proxy.address)/healthz")).status == 503)
        #expect(try await router.counters()[.green]?.requests == 0)
        let forged = (name: "x-opsctl-preview", value: "guess-green")
        #expect(try await http.send(HTTPRequest("GET", "\(proxy.address)/healthz", headers: [forged])).status == 503)
    }
}
