import OpsModel

/// Takes out of results what a suite sends in secret: resolved references, header values, and captures that travel as tokens.
struct SmokeRedaction: Sendable {
    private var texts: Set<String> = []
    private let hiddenCaptures: Set<String>

    /// Shorter texts are no secrets: hiding them would hide words.
    private static let shortest = 6
    private static let plainHeaders: Set<String> = [
        "accept", "content-type", "accept-language", "cache-control", "host",
    ]

    init(_ steps: [SmokeStep], _ subject: SmokeSuite.Subject) {
        hiddenCaptures = steps.reduce(into: []) { $0.formUnion($1.request.hiddenCaptures) }
        for step in steps {
            step.secrets.forEach { hide($0) }
            for (name, value) in step.request.headers where !Self.plainHeaders.contains(name.lowercased()) {
                // What stands around a capture is not the secret: that is hidden when it is captured.
                if !value.contains("${capture:") { hide(value) }
            }
        }
        subject.headers.forEach { hide($0.value) }
    }

    mutating func learn(_ captured: [String: String]) {
        for (name, value) in captured where hiddenCaptures.contains(name) { hide(value) }
    }

    private mutating func hide(_ text: String) { if text.count >= Self.shortest { texts.insert(text) } }

    /// Longest first, so that no secret leaves its end behind by holding a shorter one.
    func clean(_ text: String) -> String {
        texts.sorted { $0.count > $1.count }.reduce(text) { $0.replacing($1, with: "***") }
    }
}
