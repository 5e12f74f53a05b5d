import Foundation

extension ProviderSource.Disk {
    /// This machine's disk.
    package static let real = ProviderSource.Disk(
        isFile: { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
        },
        isFolder: { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
        },
        children: { path in
            // A folder that is absent or closed to us holds no mirror that we could use.
            do { return try FileManager.default.contentsOfDirectory(atPath: path) } catch { return [] }
        })
}
