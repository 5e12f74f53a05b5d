import Foundation
import OpsModel

extension KubernetesAccess {
    /// One context of a kubeconfig; nil is its current one. Files that it names are relative to its own folder.
    /// - Throws: `KubernetesError.configuration` also for what would weaken TLS or run a program.
    package static func kubeconfig(path: String, context name: String? = nil) throws -> KubernetesAccess {
        let (context, cluster, user) = try Kubeconfig.read(path).context(named: name, path: path)
        try refuse(cluster, place: path)
        let folder = URL(filePath: path).deletingLastPathComponent().path
        func absolute(_ file: String) -> String { file.hasPrefix("/") ? file : "\(folder)/\(file)" }
        let files = try ScratchFiles()
        let authority = try cluster.authorityData.map {
            try files.write(try decoded($0, "certificate-authority-data", path), "ca.crt")
        }
        return try KubernetesAccess(
            server: cluster.server, namespace: context.namespace,
            authorityFile: authority ?? cluster.authorityFile.map(absolute),
            identity: try identity(user, files, absolute, place: path), files: files, place: path)
    }

    private static func refuse(_ cluster: Kubeconfig.Cluster, place: String) throws(KubernetesError) {
        if cluster.isUnverified == true {
            throw .configuration(
                place: place, why: "insecure-skip-tls-verify would hand the credentials to anybody",
                fix: "give certificate-authority-data")
        }
        if cluster.serverName != nil || cluster.proxy != nil {
            throw .configuration(
                place: place, why: "tls-server-name and proxy-url are not supported",
                fix: "use a server address that its certificate names")
        }
    }

    private static func identity(
        _ user: Kubeconfig.User, _ files: ScratchFiles, _ absolute: (String) -> String, place: String
    ) throws -> Identity {
        if let plugin = user.plugin {
            throw KubernetesError.configuration(
                place: place,
                why: "the user's credentials come from the program `\(plugin)`, which opsctl does not run",
                fix: "kubectl create token SERVICE_ACCOUNT --duration 1h, and give it as token or tokenFile")
        }
        // A token file goes before a token, as in client-go.
        if let file = user.tokenFile {
            _ = try readSecret(absolute(file))
            return .tokenFile(path: absolute(file))
        }
        if let token = user.token { return .token(token) }
        let certificate = try user.certificateData.map {
            try files.write(try decoded($0, "client-certificate-data", place), "client.crt")
        }
        let key = try user.keyData.map {
            try files.write(try decoded($0.reveal(), "client-key-data", place), "client.key")
        }
        if let certificate = certificate ?? user.certificateFile.map(absolute),
            let key = key ?? user.keyFile.map(absolute)
        {
            return .certificate(file: certificate, keyFile: key)
        }
        guard user.username == nil, user.certificateFile == nil, user.certificateData == nil else {
            throw KubernetesError.configuration(
                place: place, why: "the user has a password, or a certificate without its key",
                fix: "use a token, or client-certificate-data with client-key-data")
        }
        return .none
    }

    private static func decoded(_ text: String, _ name: String, _ place: String) throws(KubernetesError) -> Data {
        guard let data = Data(base64Encoded: text, options: .ignoreUnknownCharacters), !data.isEmpty else {
            throw .configuration(place: place, why: "\(name) is not base64", fix: "base64 -w0 FILE")
        }
        return data
    }
}
