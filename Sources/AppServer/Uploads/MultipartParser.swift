import Foundation

/// Reads `multipart/form-data` (RFC 7578) as it arrives, in pieces of any size, and keeps no more than a boundary's length
/// of content back.
struct MultipartParser {
    enum Event: Equatable {
        case part(PartHeaders)
        case content([UInt8])
        case partEnd
    }

    struct PartHeaders: Equatable {
        var name: String
        var filename: String?
    }

    enum Failure: Error, Equatable { case malformed(String) }

    private enum State { case preamble, delimiter, headers, content, epilogue }

    static let headerLimit = 8 << 10
    private static let preambleLimit = 64 << 10

    private let delimiter: [UInt8]
    private var state = State.preamble
    private var buffer: [UInt8] = Array("\r\n".utf8)  // lets the first boundary match like the others
    private var skipped = 0

    init(boundary: String) { delimiter = Array("\r\n--\(boundary)".utf8) }

    /// Whether the closing boundary has been seen; without it the body was cut off.
    var isComplete: Bool { state == .epilogue }

    mutating func feed(_ bytes: some Collection<UInt8>) throws(Failure) -> [Event] {
        buffer.append(contentsOf: bytes)
        var events: [Event] = []
        var position = 0
        while let next = try step(from: position, &events) { position = next }
        buffer.removeFirst(consumed(after: position, &events))
        return events
    }

    /// Moves past one thing; nil when more bytes are needed.
    private mutating func step(from start: Int, _ events: inout [Event]) throws(Failure) -> Int? {
        switch state {
        case .preamble:
            guard let hit = find(delimiter, from: start) else { return nil }
            state = .delimiter
            return hit + delimiter.count
        case .content:
            guard let hit = find(delimiter, from: start) else { return nil }
            if hit > start { events.append(.content(Array(buffer[start..<hit]))) }
            events.append(.partEnd)
            state = .delimiter
            return hit + delimiter.count
        case .delimiter: return try afterDelimiter(start)
        case .headers: return try headers(start, &events)
        case .epilogue: return nil
        }
    }

    /// Gives content that can no longer be the start of a boundary; returns how many bytes of the buffer are done with.
    private mutating func consumed(after position: Int, _ events: inout [Event]) -> Int {
        let safe = max(position, buffer.count - delimiter.count + 1)
        switch state {
        case .epilogue: return buffer.count
        case .delimiter, .headers: return position
        case .preamble:
            skipped += safe - position
            return safe
        case .content:
            if safe > position { events.append(.content(Array(buffer[position..<safe]))) }
            return safe
        }
    }

    private mutating func afterDelimiter(_ start: Int) throws(Failure) -> Int? {
        guard skipped <= Self.preambleLimit else { throw .malformed("no boundary at the beginning") }
        var position = start
        if buffer.count >= start + 2, buffer[start...(start + 1)] == [0x2D, 0x2D] {
            state = .epilogue
            return nil
        }
        while position < buffer.count, buffer[position] == 0x20 || buffer[position] == 0x09 { position += 1 }
        guard position - start < 256 else { throw .malformed("a boundary is followed by blanks without end") }
        guard buffer.count >= position + 2 else { return nil }
        guard buffer[position] == 0x0D, buffer[position + 1] == 0x0A else {
            throw .malformed("a boundary is followed by other text")
        }
        state = .headers
        return position + 2
    }

    private mutating func headers(_ start: Int, _ events: inout [Event]) throws(Failure) -> Int? {
        guard let end = find(Array("\r\n\r\n".utf8), from: start) else {
            guard buffer.count - start <= Self.headerLimit else { throw .malformed("the header of a part is too long") }
            return nil
        }
        guard end - start <= Self.headerLimit else { throw .malformed("the header of a part is too long") }
        events.append(.part(try PartHeaders(parsing: buffer[start..<end])))
        state = .content
        return end + 4
    }

    private func find(_ pattern: [UInt8], from start: Int) -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            var position = start
            while position + pattern.count <= bytes.count {
                let room = bytes.count - pattern.count + 1 - position
                guard let hit = memchr(base + position, Int32(pattern[0]), room) else { return nil }
                position = base.distance(to: UnsafeRawPointer(hit))
                if memcmp(base + position, pattern, pattern.count) == 0 { return position }
                position += 1
            }
            return nil
        }
    }
}
