import AWSClient
import Deploy
import Foundation
import HTTPClient
import OpsModel
import ProcessClient
import TestSupport
import Testing

/// What only ECS does, against moto.
@Suite(.enabled(if: AWSEmulator.isThere, "\(AWSEmulator.reason)")) struct BackendECSTests {
    private func launch(_ name: String = "one") -> ReleaseLaunch {
        testLaunch(name, artifact: testImage, digest: testImageDigest)
    }

    @Test func valuesStandInSecretsManagerAndTheDefinitionRefersToThem() async throws {
        try await withAWSEmulator { aws async throws in
            let lab = try await ECSLab(aws)
            try await lab.runner.start(launch(), in: .green)
            let definition = try await lab.ask(
                "DescribeTaskDefinition", ["taskDefinition": .string("\(aws.name)-green")])
            let container = definition.value(at: ["taskDefinition", "containerDefinitions", "0"])
            let text = String(decoding: try canonicalJSON(definition), as: UTF8.self)
            #expect(!text.contains(RunnerBench.secret))
            #expect(!text.contains("of the template"), "a variable of the release replaces the template's")
            #expect(container?["image"] == .string(testImage))
            guard case .list(let secrets)? = container?["secrets"] else { return #expect(Bool(false)) }
            #expect(secrets.compactMap { $0["name"]?.scalarText } == ["NAME", "PASSWORD"])
            let reference = try #require(secrets[1]["valueFrom"]?.scalarText)
            let parts = reference.split(separator: ":", omittingEmptySubsequences: false)
            #expect(parts[7] == "PASSWORD" && parts[8] == "")
            let value = try await lab.session.askPlain(
                .plain(
                    .secretsmanager, "GetSecretValue",
                    [
                        "SecretId": .string(parts[0..<7].joined(separator: ":")),
                        "VersionId": .string(String(parts[9])),
                    ]))
            #expect(value["SecretString"]?.scalarText?.contains(RunnerBench.secret) == true)
        }
    }

    @Test func theSlotThatStaysBecomesPrimaryBeforeThePrimaryOneGoes() async throws {
        try await withAWSEmulator { aws async throws in
            let lab = try await ECSLab(aws)
            try await lab.runner.start(launch("one"), in: .blue)
            try await lab.runner.makePrimary(.blue)
            try await lab.runner.start(launch("two"), in: .green)
            try await lab.runner.stop(.blue)
            let sets = try await lab.taskSets()
            #expect(sets.map { $0["status"] } == [.string("PRIMARY")])
            #expect(sets.first?.value(at: ["loadBalancers", "0", "targetGroupArn"])?.scalarText == lab.groups[.green])
        }
    }

    @Test func theLastLinesAreThoseOfTheLogDriver() async throws {
        try await withAWSEmulator { aws async throws in
            let lab = try await ECSLab(aws)
            try await lab.runner.start(launch(), in: .green)
            #expect(try await lab.runner.lastLines(of: .green, 5) == "")
            try await lab.log("ready to serve")
            #expect(try await lab.runner.lastLines(of: .green, 5) == "ready to serve")
        }
    }
}

/// ECS's own blue/green deployment and migrations, against recorded answers; requests are checked with botocore's model.
@Suite(.enabled(if: AWSEmulator.isThere, "\(AWSEmulator.reason)")) struct BackendECSRecordedTests {
    private func withRecorded(_ body: (AWSPlace) async throws -> Void) async throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Emulator/ecs_recorded.py").path
        try await withScratchDirectory { folder async throws in
            let log = "\(folder)/ecs.log"
            let process = try DetachedProcess.start(
                executable: AWSEmulator.python, arguments: [script], environment: ProcessInfo.processInfo.environment,
                folder: folder, log: log)
            try await withCleanup {
                var port = ""
                try await eventually("it listens; see \(log)", within: .seconds(30)) {
                    let line = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").first
                    port = line.map { String($0.dropFirst("listening ".count)) } ?? ""
                    return !port.isEmpty
                }
                let environment = [
                    "AWS_ENDPOINT_URL": "http://127.0.0.1:\(port)", "AWS_ACCESS_KEY_ID": "k",
                    "AWS_SECRET_ACCESS_KEY": "s",
                ]
                let access = AWSAccess(environment: environment, endpoints: try AWSEndpoints(environment: environment))
                try await body(AWSPlace(access, region: "eu-central-1", http: HTTPClient()))
            } cleanup: {
                _ = try await process.stop(gracePeriod: .seconds(2))
            }
        }
    }

    @Test func aNativeDeploymentIsFollowedToItsEnd() async throws {
        try await withRecorded { place async throws in
            let deployment = ECSNativeDeployment(place: place, cluster: "c", service: "s")
            let arn = try await deployment.start(taskDefinition: "app:2", bake: .seconds(90))
            var stages: [String?] = []
            var seen = try await deployment.observe(arn)
            #expect(seen.requested == 2 && seen.running == 1)
            while !seen.status.isOver {
                stages.append(seen.stage)
                seen = try await deployment.observe(arn)
            }
            #expect(stages == ["SCALE_UP", "TEST_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT", "BAKE_TIME", "CLEAN_UP"])
            #expect(seen.status == .successful)
        }
    }

    @Test func aSecondDeploymentIsRefusedWhileOneRunsAndAStopIsARollback() async throws {
        try await withRecorded { place async throws in
            let deployment = ECSNativeDeployment(place: place, cluster: "c", service: "s")
            let arn = try await deployment.start(taskDefinition: "app:2", bake: .zero)
            await #expect(throws: ECSError.self) { try await deployment.start(taskDefinition: "app:3", bake: .zero) }
            try await deployment.stop(arn)
            #expect(try await deployment.observe(arn).status == .rollbackInProgress)
            await #expect(throws: ECSError.self) { try await deployment.observe("arn:of:nobody") }
        }
    }

    private func runner(_ place: AWSPlace, cluster: String) -> ECSRunner {
        ECSRunner(
            place: place,
            settings: .init(
                cluster: cluster, service: "s", template: "app", container: "app", port: 8080, targetGroups: [:],
                addresses: [:]), clock: ImmediateClock())
    }

    @Test func migrationsRunAsATaskAndEndWithItsExitCode() async throws {
        try await withRecorded { place async throws in
            let launch = testLaunch("one", artifact: testImage, digest: testImageDigest)
            #expect(try await runner(place, cluster: "c").migrate(launch) == "applied 0001\napplied 0002")
            await #expect(throws: RunnerError.migrationFailed(status: 3, lastLines: "applied 0001\napplied 0002")) {
                try await runner(place, cluster: "failing").migrate(launch)
            }
            await #expect(throws: ECSError.notPlaced(why: "RESOURCE:MEMORY")) {
                try await runner(place, cluster: "full").migrate(launch)
            }
        }
    }
}

/// A clock on which every sleep is over at once.
struct ImmediateClock: Clock {
    let now = ContinuousClock.now
    let minimumResolution = Duration.zero
    func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
    }
}
