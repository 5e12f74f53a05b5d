import Blocking
import CHiredis
import SocketClient

/// hiredis' reply parser over any byte stream; used by one thread at a time.
struct ReplyReader: ~Copyable {
    private let reader: UnsafeMutablePointer<redisReader>
    private let server: String

    init(server: String) {
        // Sound: redisReaderCreate fails only when memory is exhausted.
        reader = redisReaderCreate()!
        self.server = server
    }

    deinit { redisReaderFree(reader) }

    /// Reads from `stream` until one whole reply is there.
    borrowing func next(from stream: any ByteStream, _ waiter: Waiter) throws -> RedisValue {
        var buffer = [UInt8](repeating: 0, count: 16384)
        while true {
            var raw: UnsafeMutableRawPointer?
            guard redisReaderGetReply(reader, &raw) == REDIS_OK else {
                throw RedisError.unreadable(server: server, why: failure)
            }
            if let raw {
                defer { freeReplyObject(raw) }
                return try value(raw.assumingMemoryBound(to: redisReply.self).pointee, depth: 0)
            }
            let count = try buffer.withUnsafeMutableBytes { try stream.read(into: $0, waiter) }
            guard count > 0 else { throw SocketError.closedByPeer(endpoint: server, phase: "read") }
            _ = buffer.withUnsafeBytes { redisReaderFeed(reader, $0.bindMemory(to: CChar.self).baseAddress, count) }
        }
    }

    private var failure: String {
        withUnsafeBytes(of: reader.pointee.errstr) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    private func value(_ reply: redisReply, depth: Int) throws -> RedisValue {
        guard depth < 8 else { throw RedisError.unreadable(server: server, why: "reply nested deeper than 8") }
        let bytes = Array(UnsafeRawBufferPointer(start: reply.str, count: reply.str == nil ? 0 : Int(reply.len)))
        switch reply.type {
        case REDIS_REPLY_STRING: return .string(bytes)
        case REDIS_REPLY_STATUS: return .status(String(decoding: bytes, as: UTF8.self))
        case REDIS_REPLY_ERROR: return .error(String(decoding: bytes, as: UTF8.self))
        case REDIS_REPLY_INTEGER: return .integer(reply.integer)
        case REDIS_REPLY_ARRAY:
            return .array(
                try (0..<Int(reply.elements)).map { index in
                    guard let element = reply.element[index] else { return .null }
                    return try value(element.pointee, depth: depth + 1)
                })
        default: return .null
        }
    }
}

/// The wire form of one command, by hiredis' formatter; arguments may hold any bytes.
func wireForm(of command: [[UInt8]]) -> [UInt8] {
    let arguments = command.map { bytes in
        let copy = UnsafeMutableBufferPointer<CChar>.allocate(capacity: max(bytes.count, 1))
        for (index, byte) in bytes.enumerated() { copy[index] = CChar(bitPattern: byte) }
        return copy
    }
    defer { for argument in arguments { argument.deallocate() } }
    var pointers = arguments.map { UnsafePointer<CChar>($0.baseAddress) }
    var lengths = command.map(\.count)
    var target: UnsafeMutablePointer<CChar>?
    let count = redisFormatCommandArgv(&target, Int32(command.count), &pointers, &lengths)
    guard count >= 0, let target else { preconditionFailure("out of memory") }
    defer { redisFreeCommand(target) }
    return Array(UnsafeRawBufferPointer(start: target, count: Int(count)))
}
