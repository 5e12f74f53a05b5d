import Foundation
import HTTPClient
import OpsModel

/// Asks a slot itself, past the router, until it is healthy for long enough or its time is over.
struct SlotHealth: Sendable {
    let stage: RolloutStage

    /// `judged(pass)` after enough good answers in a row; errors of the router or runner become `failed`.
    func judge(_ slot: Slot) async -> ActionResult {
        do {
            return try await wait(slot)
        } catch is CancellationError {
            return ActionResult(.abort, "interrupted")
        } catch let error as any DiagnosableError {
            return ActionResult(.failed, "\(error.diagnostic.what): \(error.diagnostic.why)")
        } catch {
            return ActionResult(.failed, "\(error)")
        }
    }

    private func wait(_ slot: Slot) async throws -> ActionResult {
        let settings = stage.settings.health
        let deadline = ContinuousClock.now + settings.deadline
        var inARow = 0
        var last = "not asked yet"
        while ContinuousClock.now < deadline {
            let state = try await stage.runner.state(of: slot)
            guard state.isRunning else {
                return ActionResult(.judged(.fail), "the process has ended; see \(state.log ?? "its log")")
            }
            last = try await look(slot)
            if last == "200", try await !stage.router.accepts(slot) {
                last = "200, but the router does not count it as up"
            }
            inARow = last == "200" ? inARow + 1 : 0
            if inARow >= settings.passes {
                return ActionResult(.judged(.pass), "\(settings.path) answered 200 \(inARow) times")
            }
            try await stage.clock.sleep(for: settings.interval)
        }
        return ActionResult(
            .judged(.fail), "\(settings.path) answered \(last) until \(settings.deadline.text) were over")
    }

    /// The status of the health path, or why there is none.
    func look(_ slot: Slot) async throws -> String {
        let url = stage.runner.address(of: slot) + stage.settings.health.path
        do {
            let response = try await stage.http.send(HTTPRequest("GET", url, timeout: .seconds(5)))
            return response.status == 200 ? "200" : "\(response.status): \(response.text.prefix(300))"
        } catch HTTPError.cancelled {
            throw CancellationError()
        } catch let error as HTTPError {
            return "\(error.diagnostic.what): \(error.diagnostic.why)"
        }
    }
}
