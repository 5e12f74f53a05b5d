import Foundation
import HTTPClient
import KubernetesClient
import OpsModel
import ProcessClient
import TestSupport
import Testing

/// Against the contract of the API.
@Suite(.enabled(if: KubernetesAPI.isThere, "no Kubernetes API: Tests/Emulator/setup"))
struct KubernetesClientTests {
    private let resource = KubernetesResource(.secret, namespace: "shop", name: "app-env")
    private func fields(_ data: [String: PlainJSON]) -> [String: PlainJSON] {
        [
            "metadata": .object(["name": .string("app-env"), "namespace": .string("shop")]), "type": .string("Opaque"),
            "data": .object(data),
        ]
    }

    @Test func appliedFieldsThatAreLeftOutLaterAreRemoved() async throws {
        try await withKubernetesAPI { api async throws in
            let client = try api.client()
            _ = try await client.apply(
                resource, fields(["A": .string("MQ=="), "B": .string("Mg==")]), manager: "opsctl")
            _ = try await client.apply(resource, fields(["A": .string("MQ==")]), manager: "opsctl")
            #expect(try await client.get(resource)["data"] == .object(["A": .string("MQ==")]))
        }
    }

    @Test func aPatchWhoseTestDoesNotHoldIsInvalidAndChangesNothing() async throws {
        try await withKubernetesAPI { api async throws in
            let client = try api.client()
            let before = try await client.apply(resource, fields(["A": .string("MQ==")]), manager: "opsctl")
            await #expect {
                try await client.patch(
                    resource, [.test("/metadata/resourceVersion", .string("1")), .add("/data/A", .string("Mw=="))],
                    manager: "opsctl")
            } throws: { error in
                if case KubernetesError.invalid = error { true } else { false }
            }
            #expect(try await client.get(resource) == before)
        }
    }

    @Test func everyRefusalHasATypeOfItsOwn() async throws {
        try await withKubernetesAPI { api async throws in
            let client = try api.client()
            await #expect(throws: KubernetesError.self) { try await client.get(resource) }
            let stranger = KubernetesClient(
                try .kubeconfig(path: try api.kubeconfig("stranger", user: "{token: wrong}")), http: HTTPClient())
            await #expect {
                try await stranger.get(resource)
            } throws: { if case KubernetesError.unauthenticated = $0 { true } else { false } }
            let reader = KubernetesClient(
                try .kubeconfig(
                    path: try api.kubeconfig("reader", user: "{token: \(api.token.reveal())-readonly}")),
                http: HTTPClient())
            await #expect {
                try await reader.apply(resource, fields([:]), manager: "opsctl")
            } throws: { if case KubernetesError.denied = $0 { true } else { false } }
            await #expect {
                try await client.apply(
                    resource, ["metadata": fields([:])["metadata"]!, "dta": .null], manager: "opsctl")
            } throws: { if case KubernetesError.refused(_, 400, _) = $0 { true } else { false } }
        }
    }

    @Test func messagesAboutASecretDoNotRepeatIt() async throws {
        try await withKubernetesAPI { api async throws in
            let client = try api.client()
            let bad = fields(["PASSWORD": .list([.string("hunter2")])])
            do {
                _ = try await client.apply(resource, bad, manager: "opsctl")
                Issue.record("a list is no value of a Secret")
            } catch let error as KubernetesError {
                #expect(!error.diagnostic.why.contains("hunter2"), "\(error.diagnostic.why)")
            }
        }
    }

    @Test func removingWhatIsNotThereIsFine() async throws {
        try await withKubernetesAPI { api async throws in try await api.client().delete(resource) }
    }

    @Test func aSilentServerIsATimeout() async throws {
        try await withScratchDirectory { folder async throws in
            let port = try freeLoopbackPorts(1)[0]
            let silent = "import socket,time;s=socket.create_server(('127.0.0.1',\(port)));time.sleep(60)"
            try await withProgram("python3", ["-c", silent], name: "silent", in: folder, port: port) {
                let api = KubernetesAPI(address: "http://127.0.0.1:\(port)", token: Secret("t"), folder: folder)
                await #expect {
                    try await api.client(timeout: .milliseconds(300)).get(resource)
                } throws: { if case KubernetesError.timedOut = $0 { true } else { false } }
            }
        }
    }
}
