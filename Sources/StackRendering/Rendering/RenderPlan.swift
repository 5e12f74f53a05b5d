/// What rendering would do to the files that are there; decided from values alone.
package struct RenderPlan: Sendable, Equatable {
    package enum Change: String, Codable, Sendable, CaseIterable { case create, update, unchanged, delete, refused }

    package struct Entry: Sendable, Equatable {
        package let path: String
        package let change: Change
        /// Why it is refused.
        package let reason: String?
        /// The new content; nil for a file to delete.
        package let text: String?
    }

    /// In the order of their paths; the manifest is last.
    package let entries: [Entry]

    package init(_ files: [RenderedFile], environment: String, found: RenderedFolder.Snapshot) throws {
        let known = found.manifest?.files ?? [:]
        let wanted = files.map { Self.entry(for: $0, found: found.digests[$0.path], known: known[$0.path]) }
        let paths = Set(files.map(\.path) + [RenderManifest.name])
        let orphans = found.digests.filter { !paths.contains($0.key) }.map { path, digest in
            Self.orphan(path, found: digest, known: known[path])
        }
        let manifest = try RenderManifest(environment: environment, files: files).text()
        entries =
            (wanted + orphans).sorted { $0.path < $1.path } + [
                Self.manifestEntry(manifest, found: found.digests[RenderManifest.name])
            ]
    }

    private init(entries: [Entry]) { self.entries = entries }

    package var isStale: Bool { entries.contains { $0.change != .unchanged } }
    package var refused: [Entry] { entries.filter { $0.change == .refused } }

    /// The same plan with nothing refused: hand-edited files are replaced, unknown ones removed.
    package var forced: RenderPlan {
        RenderPlan(
            entries: entries.map { entry in
                guard entry.change == .refused else { return entry }
                return Entry(
                    path: entry.path, change: entry.text == nil ? .delete : .update, reason: nil, text: entry.text)
            })
    }

    private static func entry(for file: RenderedFile, found: String?, known: String?) -> Entry {
        func entry(_ change: Change, _ reason: String? = nil) -> Entry {
            Entry(path: file.path, change: change, reason: reason, text: file.text)
        }
        guard let found else { return entry(.create) }
        if found == digest(file.text.utf8) { return entry(.unchanged) }
        // An empty file is what a power cut leaves: nobody's edit.
        if found == known || found == digest("".utf8) { return entry(.update) }
        return entry(.refused, known == nil ? "opsctl did not write it" : "edited by hand since it was rendered")
    }

    private static func orphan(_ path: String, found: String, known: String?) -> Entry {
        if found == known { return Entry(path: path, change: .delete, reason: nil, text: nil) }
        let reason = known == nil ? "opsctl did not write it" : "edited by hand, and no longer rendered"
        return Entry(path: path, change: .refused, reason: reason, text: nil)
    }

    private static func manifestEntry(_ text: String, found: String?) -> Entry {
        let change: Change = found == nil ? .create : found == digest(text.utf8) ? .unchanged : .update
        return Entry(path: RenderManifest.name, change: change, reason: nil, text: text)
    }
}
