import AWSClient
package import OpsModel

extension ECSRunner {
    package func migrate(_ launch: ReleaseLaunch) async throws -> String {
        let definition = try await register(launch, part: "migrate", slot: .blue, command: launch.migrateArguments)
        let answer = try await ask(
            "RunTask",
            placement.merging([
                "cluster": .string(settings.cluster), "taskDefinition": .string(definition), "count": 1,
                "startedBy": "opsctl-migrate",
            ]) { $1 })
        guard let task = answer["tasks"]?.elements.first?["taskArn"]?.scalarText else {
            let why = answer["failures"]?.elements.first?["reason"]?.scalarText ?? "no task and no reason"
            throw ECSError.notPlaced(why: why)
        }
        let ended = try await end(of: task)
        let output = try await log(of: task, definition: definition, 200)
        let container = ended["containers"]?.elements.first { $0["name"]?.scalarText == settings.container }
        guard container?["exitCode"] == 0 else {
            var status = Int32(-1)
            if case .integer(let code)? = container?["exitCode"] { status = Int32(truncatingIfNeeded: code) }
            let reason = container?["reason"]?.scalarText ?? ended["stoppedReason"]?.scalarText ?? "no exit code"
            throw RunnerError.migrationFailed(status: status, lastLines: output.isEmpty ? reason : output)
        }
        return output
    }

    private func end(of task: String) async throws -> PlainJSON {
        var waited = Duration.zero
        while true {
            let answer = try await ask(
                "DescribeTasks", ["cluster": .string(settings.cluster), "tasks": [.string(task)]])
            if let found = answer["tasks"]?.elements.first, found["lastStatus"] == "STOPPED" { return found }
            guard waited < settings.startDeadline else { throw ECSError.unfinished(task: task, waited: waited) }
            try await clock.sleep(for: Self.pause)
            waited += Self.pause
        }
    }

    package func lastLines(of slot: Slot, _ count: Int) async throws -> String {
        guard let set = try await taskSets(in: slot).last else { return "" }
        let running = try await tasks(of: set, "RUNNING")
        let task = if let first = running.first { first } else { try await tasks(of: set, "STOPPED").first }
        guard let task else { return "" }
        return try await log(of: task, definition: set.definition, count)
    }

    /// Of the awslogs driver: stream `PREFIX/CONTAINER/TASK`; empty with another driver.
    private func log(of task: String, definition: String, _ count: Int) async throws -> String {
        let answer = try await ask("DescribeTaskDefinition", ["taskDefinition": .string(definition)])
        let containers = answer.value(at: ["taskDefinition", "containerDefinitions"])?.elements ?? []
        let options = containers.first { $0["name"]?.scalarText == settings.container }?["logConfiguration"]?["options"]
        guard let group = options?["awslogs-group"]?.scalarText,
            let prefix = options?["awslogs-stream-prefix"]?.scalarText, let id = task.split(separator: "/").last
        else { return "" }
        do {
            let events = try await place.session().askPlain(
                .plain(
                    .logs, "GetLogEvents",
                    [
                        "logGroupName": .string(group),
                        "logStreamName": .string("\(prefix)/\(settings.container)/\(id)"),
                        "limit": .integer(count), "startFromHead": false,
                    ]))
            return (events["events"]?.elements ?? []).compactMap { $0["message"]?.scalarText }.joined(separator: "\n")
        } catch AWSError.absent {
            return ""  // it has not written anything
        }
    }
}
