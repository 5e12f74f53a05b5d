import AWSClient

/// A service of ECS, and the definition of the tasks that it runs.
package enum ECSService: AWSKind {
    package static let kind = "aws.ecs_service"
    package static let locators = ["service", "cluster"]
    package static let questions: [AWSQuestion] = [
        AWSQuestion(needs: "ecs:DescribeServices", settings: service) { asking in
            let cluster = asking.target.locator["cluster"] ?? ""
            let service = try await asking.one(
                .json(.ecs, "DescribeServices", ["cluster": .text(cluster), "services": [.text(asking.id)]]),
                at: "services", "member")
            guard service.text("status") != "INACTIVE" else {
                throw AWSError.absent(action: "ecs:DescribeServices", code: "INACTIVE", message: "it was deleted")
            }
            return service
        },
        AWSQuestion(needs: "ecs:DescribeTaskDefinition", settings: task) { asking in
            guard let task = asking.resource.text("taskDefinition") else {
                throw AWSError.unreadable(action: "ecs:DescribeServices", why: "a service without a task definition")
            }
            return try await asking.one(
                .json(.ecs, "DescribeTaskDefinition", ["taskDefinition": .text(task)]), at: "taskDefinition")
        },
    ]

    private static let update = "aws ecs update-service --cluster {cluster} --service {id}"

    private static let service: [AWSSetting] = [
        .flag(
            "circuit_breaker", true, "Does a release that does not start take itself back?",
            why: "a broken release would be started for ever",
            flaw: "the circuit breaker is off, or does not roll back",
            fix: "\(update) --deployment-configuration deploymentCircuitBreaker={enable=true,rollback=true}"
        ) {
            $0.flag("deploymentConfiguration", "deploymentCircuitBreaker", "enable")
                && $0.flag("deploymentConfiguration", "deploymentCircuitBreaker", "rollback")
        },
        .flag(
            "public_ip", false, "Are the tasks out of the internet's reach?",
            why: "they could be asked past the firewall",
            flaw: "tasks get public addresses"
        ) { $0.text("networkConfiguration", "awsvpcConfiguration", "assignPublicIp") == "ENABLED" },
        .flag(
            "exec", false, "Can nobody open a shell in the tasks?", why: "a shell reads every secret of the app",
            flaw: "ECS Exec is on", fix: "\(update) --no-enable-execute-command --force-new-deployment"
        ) { $0.flag("enableExecuteCommand") },
        .number(
            "minimum_tasks", 2, "Are enough tasks wanted?", why: "one task that fails would be an outage",
            flaw: ("somebody scaled it down to one", 1), fix: "\(update) --desired-count COUNT", comparison: .atLeast
        ) { $0.number("desiredCount") },
    ]

    private static let task: [AWSSetting] = [
        .text(
            "user", "10001", "Does the app run without root's rights?",
            why: "a hole in the app would be one in the host",
            flaw: ("it runs as root", "root")
        ) { task in Set(containers(task).map { $0.text("user") ?? "root" }).sorted().joined(separator: ", ") },
        .flag(
            "read_only_root", true, "Is the app's file system read only?", why: "an intruder could change the app",
            flaw: "a container can write to its root"
        ) { containers($0).allSatisfy { $0.flag("readonlyRootFilesystem") } },
        .flag(
            "privileged", false, "Is no container privileged?", why: "it could do everything on its host",
            flaw: "a container is privileged"
        ) { containers($0).contains { $0.flag("privileged") } },
        .list(
            "secrets", ["DATABASE_URL", "SESSION_KEY"], "Do all secrets come from the store, and no others?",
            why:
                "a secret that is missing stops the app; one in plain variables is read by whoever sees the definition",
            flaw: ("one is no longer taken from the store", ["DATABASE_URL"])
        ) { containers($0).flatMap { $0.texts("secrets", "member", "name") } },
    ]

    private static func containers(_ task: AWSDocument) -> [AWSDocument] { task.all("containerDefinitions", "member") }
}
