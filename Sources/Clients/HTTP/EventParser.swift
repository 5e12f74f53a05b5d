/// Reads a `text/event-stream` as it arrives (WHATWG HTML, section 9.2.6).
package struct EventParser {
    package struct Event: Sendable, Equatable {
        /// nil where the server sends none.
        package var id: String?
        package var name = "message"
        package var data = ""

        package init(id: String? = nil, name: String = "message", data: String = "") {
            (self.id, self.name, self.data) = (id, name, data)
        }
    }

    package enum Item: Equatable {
        case event(Event)
        case comment
    }

    private var line: [UInt8] = []
    private var isAfterReturn = false
    private var pending = Event()
    private var hasData = false
    private var isAtStart = true

    package init() {}

    /// The events and comments that `bytes` complete.
    package mutating func take(_ bytes: some Sequence<UInt8>) -> [Item] {
        var items: [Item] = []
        for byte in bytes {
            let isNewline = byte == UInt8(ascii: "\n")
            defer { isAfterReturn = byte == UInt8(ascii: "\r") }
            if isNewline, isAfterReturn { continue }
            guard isNewline || byte == UInt8(ascii: "\r") else {
                line.append(byte)
                continue
            }
            if let item = finishLine() { items.append(item) }
        }
        return items
    }

    private mutating func finishLine() -> Item? {
        if isAtStart, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        isAtStart = false
        let text = String(decoding: line, as: UTF8.self)
        line.removeAll(keepingCapacity: true)
        if text.isEmpty { return dispatch() }
        if text.hasPrefix(":") { return .comment }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let rest = parts.count > 1 ? parts[1] : ""
        let value = String(rest.hasPrefix(" ") ? rest.dropFirst() : rest)
        switch parts[0] {
        case "event": pending.name = value.isEmpty ? "message" : value
        case "id": pending.id = value
        case "data":
            pending.data += (hasData ? "\n" : "") + value
            hasData = true
        default: break  // the standard says that other fields are passed over
        }
        return nil
    }

    private mutating func dispatch() -> Item? {
        defer { (pending, hasData) = (Event(), false) }
        return hasData ? .event(pending) : nil
    }
}
