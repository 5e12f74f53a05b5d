import Foundation

/// A kind of object with where the API has it.
package struct KubernetesKind: Sendable, Equatable {
    /// `apps/v1`; `v1` for the core group.
    package let apiVersion: String
    package let kind: String
    package let plural: String

    package init(apiVersion: String, kind: String, plural: String) {
        (self.apiVersion, self.kind, self.plural) = (apiVersion, kind, plural)
    }

    package static let deployment = KubernetesKind(apiVersion: "apps/v1", kind: "Deployment", plural: "deployments")
    package static let job = KubernetesKind(apiVersion: "batch/v1", kind: "Job", plural: "jobs")
    package static let secret = KubernetesKind(apiVersion: "v1", kind: "Secret", plural: "secrets")
    package static let pod = KubernetesKind(apiVersion: "v1", kind: "Pod", plural: "pods")
    package static let endpointSlice = KubernetesKind(
        apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", plural: "endpointslices")
    package static let httpRoute = KubernetesKind(
        apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute", plural: "httproutes")

    /// `/apis/apps/v1/namespaces/shop/deployments`; the core group is below `/api` (Kubernetes API reference, "API groups").
    func path(namespace: String) -> String {
        let root = apiVersion.contains("/") ? "/apis/\(apiVersion)" : "/api/\(apiVersion)"
        return "\(root)/namespaces/\(encoded(namespace))/\(plural)"
    }
}

/// One object in a namespace.
package struct KubernetesResource: Sendable, Equatable {
    package let kind: KubernetesKind
    package let namespace: String
    package let name: String

    package init(_ kind: KubernetesKind, namespace: String, name: String) {
        (self.kind, self.namespace, self.name) = (kind, namespace, name)
    }

    var path: String { "\(kind.path(namespace: namespace))/\(encoded(name))" }
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
func encoded(_ text: String) -> String {
    let unreserved = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
    // Sound: a Swift string always has a UTF-8 form to encode.
    return text.addingPercentEncoding(withAllowedCharacters: unreserved)!
}
