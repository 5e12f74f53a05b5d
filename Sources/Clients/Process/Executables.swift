import Glibc

/// The path of a program: `name` itself if it has a slash, else the first hit in PATH, `extraFolders`, `/usr/sbin` and the
/// PostgreSQL server folders, newest version first.
package func findExecutable(_ name: String, extraFolders: [String] = []) -> String? {
    if name.contains("/") { return isExecutableFile(name) ? name : nil }
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
    let folders =
        path.split(separator: ":").map(String.init) + extraFolders + ["/usr/sbin", "/sbin"] + postgresFolders()
    return folders.lazy.map { "\($0)/\(name)" }.first(where: isExecutableFile)
}

/// `/usr/lib/postgresql/*/bin`, newest version first.
package func postgresFolders() -> [String] {
    let root = "/usr/lib/postgresql"
    guard let folder = opendir(root) else { return [] }
    defer { closedir(folder) }
    var versions: [Int] = []
    while let entry = readdir(folder) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        if let version = Int(name) { versions.append(version) }
    }
    return versions.sorted(by: >).map { "\(root)/\($0)/bin" }
}

private func isExecutableFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
}
