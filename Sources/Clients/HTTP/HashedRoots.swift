import Foundation

/// The folder of the system's trusted roots, where their names are hashes (c_rehash); nil on systems that have only a bundle.
let hashedRoots: String? = {
    let folder = "/etc/ssl/certs"
    // A folder that is not there has no hashed names either: libcurl's own default stays in place.
    guard let names = FileManager.default.enumerator(atPath: folder) else { return nil }
    for case let name as String in names where name.count == 10 && name.hasSuffix(".0") { return folder }
    return nil
}()
