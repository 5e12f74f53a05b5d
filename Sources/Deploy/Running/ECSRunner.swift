import AWSClient
import Cryptography
package import OpsModel

/// Runs each slot as one task set of an ECS service with the EXTERNAL deployment controller, behind the slot's target group.
package struct ECSRunner: SlotRunner {
    package struct Settings: Sendable {
        package let cluster: String
        package let service: String
        /// Family or ARN of the task definition that releases are made from: roles, sizes, logs.
        package let template: String
        /// The container in it that a release's image replaces, and the port it listens on.
        package let container: String
        package let port: Int
        /// ARNs.
        package let targetGroups: [Slot: String]
        /// Base URLs of the slots past the route: a test listener, or an internal one for each.
        package let addresses: [Slot: String]
        /// Secrets Manager's names for a slot's environment begin with it.
        package var secretPrefix = "opsctl"
        package var launchType = "FARGATE"
        package var subnets: [String] = []
        package var securityGroups: [String] = []
        /// Longest wait for STEADY_STATE, and of a migration.
        package var startDeadline: Duration = .seconds(600)

        package init(
            cluster: String, service: String, template: String, container: String, port: Int,
            targetGroups: [Slot: String], addresses: [Slot: String]
        ) {
            (self.cluster, self.service, self.template) = (cluster, service, template)
            (self.container, self.port) = (container, port)
            (self.targetGroups, self.addresses) = (targetGroups, addresses)
        }
    }

    let place: AWSPlace
    let settings: Settings
    let clock: any Clock<Duration>

    static let pause = Duration.seconds(2)

    package init(place: AWSPlace, settings: Settings, clock: any Clock<Duration> = ContinuousClock()) {
        (self.place, self.settings, self.clock) = (place, settings, clock)
    }

    package func address(of slot: Slot) -> String {
        guard let address = settings.addresses[slot] else { preconditionFailure("both slots have an address") }
        return address
    }

    func targetGroup(_ slot: Slot) -> String {
        guard let group = settings.targetGroups[slot] else { preconditionFailure("both slots have a target group") }
        return group
    }

    func ask(_ action: String, _ members: [String: PlainJSON]) async throws -> PlainJSON {
        try await place.session().askPlain(.plain(.ecs, action, members))
    }

    /// Cluster and service, which most calls begin with.
    var service: [String: PlainJSON] { ["cluster": .string(settings.cluster), "service": .string(settings.service)] }

    /// Oldest first; those that drain are on their way out and do not count.
    func taskSets() async throws -> [ECSTaskSet] {
        let answer = try await ask("DescribeTaskSets", service.merging(["include": ["TAGS"]]) { $1 })
        return (answer["taskSets"]?.elements ?? []).compactMap(ECSTaskSet.init).filter { $0.status != "DRAINING" }
            .sorted { $0.created < $1.created }
    }

    func taskSets(in slot: Slot) async throws -> [ECSTaskSet] {
        try await taskSets().filter { $0.targetGroups.contains(targetGroup(slot)) }
    }

    package func state(of slot: Slot) async throws -> SlotState {
        guard let set = try await taskSets(in: slot).last else {
            return SlotState(release: nil, isRunning: false, pid: nil, log: nil)
        }
        let release = try set.release()
        let restarts = try await tasks(of: set, "STOPPED").count
        // Tasks that end are started again for ever: three that ended while none runs are a release that does not stay up.
        return SlotState(
            release: release, isRunning: set.running > 0 || restarts < 3, pid: nil, log: set.arn, restarts: restarts)
    }

    func tasks(of set: ECSTaskSet, _ status: String) async throws -> [String] {
        let answer = try await ask(
            "ListTasks",
            ["cluster": .string(settings.cluster), "startedBy": .string(set.id), "desiredStatus": .string(status)])
        return (answer["taskArns"]?.elements ?? []).compactMap(\.scalarText)
    }

    package func start(_ launch: ReleaseLaunch, in slot: Slot) async throws {
        if let set = try await taskSets(in: slot).last {
            let release = try set.release()
            guard release == launch.release else { throw RunnerError.occupied(slot: slot, release: release.name) }
        } else {
            let definition = try await register(launch, part: slot.rawValue, slot: slot, command: launch.arguments)
            try await createTaskSet(launch.release, slot, definition)
        }
        try await waitUntilSteady(slot)
    }

    private func createTaskSet(_ release: Release, _ slot: Slot, _ definition: String) async throws {
        var members = service.merging(
            [
                "taskDefinition": .string(definition), "externalId": .string(release.name),
                "scale": ["value": .number(100), "unit": "PERCENT"],
                "loadBalancers": [
                    [
                        "targetGroupArn": .string(targetGroup(slot)), "containerName": .string(settings.container),
                        "containerPort": .integer(settings.port),
                    ]
                ],
                // The definition is new with every start: a repeated call makes no second set, a later start does.
                "clientToken": .string(String(hex(sha256("\(slot.rawValue) \(definition)".utf8)).prefix(32))),
                "tags": ECSTaskSet.tags(release, slot),
            ]
        ) { $1 }
        members.merge(placement) { $1 }
        _ = try await ask("CreateTaskSet", members)
    }

    /// Where tasks run; a service with an external controller does not know it by itself.
    var placement: [String: PlainJSON] {
        var members: [String: PlainJSON] = ["launchType": .string(settings.launchType)]
        if !settings.subnets.isEmpty {
            members["networkConfiguration"] = [
                "awsvpcConfiguration": [
                    "subnets": .list(settings.subnets.map(PlainJSON.string)),
                    "securityGroups": .list(settings.securityGroups.map(PlainJSON.string)),
                    "assignPublicIp": "DISABLED",
                ]
            ]
        }
        return members
    }

    private func waitUntilSteady(_ slot: Slot) async throws {
        var waited = Duration.zero
        while true {
            guard let set = try await taskSets(in: slot).last else {
                throw ECSError.vanished(service: settings.service, slot: slot)
            }
            if set.isSteady { return }
            guard try await state(of: slot).isRunning else { return }  // the judge of its health tells the rest
            guard waited < settings.startDeadline else {
                throw ECSError.unsteady(service: settings.service, slot: slot, waited: waited)
            }
            try await clock.sleep(for: Self.pause)
            waited += Self.pause
        }
    }

    package func promoted(_ slot: Slot) async throws { try await makePrimary(slot) }

    /// Makes the slot's task set the service's primary one: what autoscaling and the console look at.
    package func makePrimary(_ slot: Slot) async throws {
        guard let set = try await taskSets(in: slot).last, set.status != "PRIMARY" else { return }
        _ = try await ask(
            "UpdateServicePrimaryTaskSet", service.merging(["primaryTaskSet": .string(set.arn)]) { $1 })
    }

    package func stop(_ slot: Slot) async throws {
        let sets = try await taskSets(in: slot)
        if sets.contains(where: { $0.status == "PRIMARY" }) { try await makePrimary(slot.other) }
        for set in sets {
            _ = try await ask(
                "DeleteTaskSet", service.merging(["taskSet": .string(set.arn), "force": true]) { $1 })
        }
    }
}
