import AWSClient
package import OpsModel

/// ECS's own blue/green deployment (2025), driven and observed: ECS moves the traffic, opsctl starts it, watches and stops it.
package struct ECSNativeDeployment: Sendable {
    /// ServiceDeployment.status of the ECS API reference.
    package enum Status: String, Sendable, Codable, CaseIterable {
        case pending = "PENDING"
        case inProgress = "IN_PROGRESS"
        case successful = "SUCCESSFUL"
        case stopped = "STOPPED"
        case stopRequested = "STOP_REQUESTED"
        case rollbackRequested = "ROLLBACK_REQUESTED"
        case rollbackInProgress = "ROLLBACK_IN_PROGRESS"
        case rollbackSuccessful = "ROLLBACK_SUCCESSFUL"
        case rollbackFailed = "ROLLBACK_FAILED"

        package var isOver: Bool {
            [.successful, .stopped, .rollbackSuccessful, .rollbackFailed].contains(self)
        }
    }

    package struct Observation: Sendable, Equatable {
        package let arn: String
        package let status: Status
        /// `PRODUCTION_TRAFFIC_SHIFT`, `BAKE_TIME`, …; nil before the first stage.
        package let stage: String?
        package let reason: String?
        /// Tasks of the new revision: asked for and running.
        package let (requested, running): (Int, Int)
    }

    private let place: AWSPlace
    private let cluster: String
    private let service: String

    package init(place: AWSPlace, cluster: String, service: String) {
        (self.place, self.cluster, self.service) = (place, cluster, service)
    }

    private func ask(_ action: String, _ members: [String: PlainJSON]) async throws -> PlainJSON {
        try await place.session().askPlain(.plain(.ecs, action, members))
    }

    /// Begins a deployment of a task definition. The service must have the controller ECS and two target groups.
    /// - Parameter bake: how long both revisions run after the shift; ECS takes whole minutes, 0…1440.
    /// - Returns: the deployment's ARN. - Throws: `ECSError.deployment` when one is under way already, or none has begun.
    package func start(taskDefinition: String, bake: Duration) async throws -> String {
        let before = try await list()
        if let open = before.first(where: { !$0.status.isOver }) {
            throw ECSError.deployment(service: service, why: "\(open.arn) is \(open.status.rawValue)")
        }
        let minutes = min(max(Int((bake.seconds / 60).rounded(.up)), 0), 1440)
        let answer = try await ask(
            "UpdateService",
            [
                "cluster": .string(cluster), "service": .string(service), "taskDefinition": .string(taskDefinition),
                "forceNewDeployment": true,
                "deploymentConfiguration": [
                    "strategy": "BLUE_GREEN", "bakeTimeInMinutes": .integer(minutes),
                    "deploymentCircuitBreaker": ["enable": true, "rollback": true],
                ],
            ])
        if let arn = answer.value(at: ["service", "currentServiceDeployment"])?.scalarText,
            !before.contains(where: { $0.arn == arn })
        {
            return arn
        }
        guard let begun = try await list().first(where: { new in !before.contains { $0.arn == new.arn } }) else {
            throw ECSError.deployment(
                service: service, why: "the service was updated, and no new deployment is listed yet")
        }
        return begun.arn
    }

    private func list() async throws -> [(arn: String, status: Status)] {
        let answer = try await ask(
            "ListServiceDeployments", ["cluster": .string(cluster), "service": .string(service)])
        return try (answer["serviceDeployments"]?.elements ?? []).map { element in
            (element["serviceDeploymentArn"]?.scalarText ?? "", try status(of: element))
        }
    }

    private func status(of element: PlainJSON) throws(ECSError) -> Status {
        let text = element["status"]?.scalarText ?? "without a status"
        guard let status = Status(rawValue: text) else {
            throw .deployment(service: service, why: "a deployment is `\(text)`")
        }
        return status
    }

    package func observe(_ arn: String) async throws -> Observation {
        let answer = try await ask("DescribeServiceDeployments", ["serviceDeploymentArns": [.string(arn)]])
        guard let found = answer["serviceDeployments"]?.elements.first else {
            let reason = answer["failures"]?.elements.first?["reason"]?.scalarText ?? "no such deployment"
            throw ECSError.deployment(service: service, why: "\(arn): \(reason)")
        }
        func count(_ name: String) -> Int {
            guard case .integer(let count)? = found["targetServiceRevision"]?[name] else { return 0 }
            return count
        }
        return Observation(
            arn: arn, status: try status(of: found), stage: found["lifecycleStage"]?.scalarText,
            reason: found["statusReason"]?.scalarText,
            requested: count("requestedTaskCount"), running: count("runningTaskCount"))
    }

    /// Ends a deployment and sends the traffic back to the revision before; one that is over already is left alone.
    package func stop(_ arn: String) async throws {
        guard try await !observe(arn).status.isOver else { return }
        _ = try await ask(
            "StopServiceDeployment", ["serviceDeploymentArn": .string(arn), "stopType": "ROLLBACK"])
    }
}
