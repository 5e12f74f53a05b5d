import Cryptography
import Foundation
import KubernetesClient
import OpsModel

extension KubernetesRunner {
    static let slotLabel = "opsctl.dev/slot"
    static let releaseAnnotation = "opsctl.dev/release"
    static let artifactAnnotation = "opsctl.dev/artifact"
    static let configurationAnnotation = "opsctl.dev/configuration"

    /// Labels by which a slot's Service and its Deployment find the pods; `migrate` in place of a slot for the migrations.
    func labels(_ part: String) -> [String: PlainJSON] {
        [
            "app.kubernetes.io/name": .string(settings.name), "app.kubernetes.io/managed-by": "opsctl",
            Self.slotLabel: .string(part),
        ]
    }

    private func annotations(_ release: Release) -> PlainJSON {
        [
            Self.releaseAnnotation: .string(release.name), Self.artifactAnnotation: .string(release.artifactDigest),
            Self.configurationAnnotation: .string(release.configurationDigest),
        ]
    }

    private func metadata(_ name: String, _ part: String, _ release: Release) -> PlainJSON {
        [
            "name": .string(name), "namespace": .string(settings.namespace), "labels": .object(labels(part)),
            "annotations": annotations(release),
        ]
    }

    /// The environment of a release: values stand here and nowhere else in the cluster.
    func secret(_ launch: ReleaseLaunch, _ slot: Slot, named name: String, part: String) -> [String: PlainJSON] {
        let values = launch.variables(slot: slot, port: settings.port)
            .mapValues { PlainJSON.string(Data($0.utf8).base64EncodedString()) }
        return ["metadata": metadata(name, part, launch.release), "type": "Opaque", "data": .object(values)]
    }

    func deployment(_ launch: ReleaseLaunch, _ slot: Slot) throws -> [String: PlainJSON] {
        let name = deploymentName(slot)
        return [
            "metadata": metadata(name, slot.rawValue, launch.release),
            "spec": [
                "replicas": .integer(settings.replicas), "revisionHistoryLimit": 2,
                "progressDeadlineSeconds": .integer(Int(settings.startDeadline.seconds.rounded(.up))),
                // A slot without traffic needs no overlap, and never runs two releases.
                "strategy": ["type": "Recreate"], "selector": ["matchLabels": .object(labels(slot.rawValue))],
                "template": [
                    "metadata": ["labels": .object(labels(slot.rawValue)), "annotations": annotations(launch.release)],
                    "spec": try podSpec(
                        launch, command: launch.arguments, secret: secretName(slot.rawValue), isServing: true),
                ],
            ],
        ]
    }

    func migration(_ launch: ReleaseLaunch, named name: String) throws -> [String: PlainJSON] {
        guard
            case .object(var pod) = try podSpec(
                launch, command: launch.migrateArguments, secret: secretName(Self.migrationPart), isServing: false)
        else { preconditionFailure("a pod's spec is an object") }
        pod["restartPolicy"] = "Never"
        return [
            "metadata": metadata(name, Self.migrationPart, launch.release),
            "spec": [
                "backoffLimit": 0, "ttlSecondsAfterFinished": 3600,
                "activeDeadlineSeconds": .integer(Int(settings.startDeadline.seconds.rounded(.up))),
                "template": [
                    "metadata": [
                        "labels": .object(labels(Self.migrationPart)), "annotations": annotations(launch.release),
                    ], "spec": .object(pod),
                ],
            ],
        ]
    }

    /// Pod Security Standard "restricted", and a root file system that cannot be written.
    private func podSpec(
        _ launch: ReleaseLaunch, command: [String], secret: String, isServing: Bool
    ) throws -> PlainJSON {
        let limits: PlainJSON = ["cpu": .string(settings.cpu), "memory": .string(settings.memory)]
        var container: [String: PlainJSON] = [
            "name": .string(Self.container), "image": .string(try launch.image()), "imagePullPolicy": "IfNotPresent",
            "envFrom": [["secretRef": ["name": .string(secret)]]],
            "resources": ["limits": limits, "requests": limits],
            "securityContext": [
                "allowPrivilegeEscalation": false, "privileged": false, "readOnlyRootFilesystem": true,
                "runAsNonRoot": true, "capabilities": ["drop": ["ALL"]], "seccompProfile": ["type": "RuntimeDefault"],
            ],
            "volumeMounts": [["name": "tmp", "mountPath": "/tmp"]],
        ]
        if !command.isEmpty { container["args"] = .list(command.map(PlainJSON.string)) }
        if isServing {
            container["ports"] = [["name": "http", "containerPort": .integer(settings.port), "protocol": "TCP"]]
            container["readinessProbe"] = [
                "httpGet": ["path": .string(settings.healthPath), "port": "http", "scheme": "HTTP"],
                "periodSeconds": 2, "timeoutSeconds": 2, "failureThreshold": 3, "successThreshold": 1,
            ]
        }
        var spec: [String: PlainJSON] = [
            "automountServiceAccountToken": false, "enableServiceLinks": false,
            "securityContext": ["runAsNonRoot": true, "seccompProfile": ["type": "RuntimeDefault"]],
            "terminationGracePeriodSeconds": .integer(Int(settings.stopGrace.seconds.rounded(.up))),
            "containers": [.object(container)],
            "volumes": [["name": "tmp", "emptyDir": ["sizeLimit": .string(settings.scratch)]]],
        ]
        if let account = settings.serviceAccount { spec["serviceAccountName"] = .string(account) }
        return .object(spec)
    }
}
