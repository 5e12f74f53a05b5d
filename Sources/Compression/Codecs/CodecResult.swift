import CCodecs
import Glibc

/// Why a codec gave nothing: facts only, the caller knows what they mean for its file.
enum CodecError: Error {
    case damaged(String)
    case limit
    case noMemory
    case unsupported(String)
}

/// Turns the shim's result codes into errors and its malloc'ed results into arrays.
enum CodecResult {
    static func check(_ code: Int32, _ message: [CChar] = []) throws {
        let text = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        switch code {
        case CCODECS_OK: return
        case CCODECS_LIMIT: throw CodecError.limit
        case CCODECS_NO_MEMORY: throw CodecError.noMemory
        case CCODECS_UNSUPPORTED: throw CodecError.unsupported(text)
        default: throw CodecError.damaged(text)
        }
    }

    static func emptyMessage() -> [CChar] { [CChar](repeating: 0, count: Int(CCODECS_MESSAGE)) }

    /// Calls `body` with places for a malloc'ed result, copies the result and frees it.
    static func collect(
        _ body: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>, UnsafeMutablePointer<Int>, inout [CChar]) -> Int32
    ) throws -> [UInt8] {
        var bytes: UnsafeMutablePointer<UInt8>?
        var count = 0
        var message = emptyMessage()
        let code = body(&bytes, &count, &message)
        defer { free(bytes) }
        try check(code, message)
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }

    /// Calls `body` with an uninitialised buffer of exactly `count` bytes that it fills unless it fails.
    static func fill(_ count: Int, _ body: (UnsafeMutablePointer<UInt8>, inout [CChar]) -> Int32) throws -> [UInt8] {
        var code = CCODECS_OK
        var message = emptyMessage()
        let bytes = [UInt8](unsafeUninitializedCapacity: max(count, 1)) { buffer, filled in
            // Sound: the capacity is at least one byte.
            code = body(buffer.baseAddress!, &message)
            filled = code == CCODECS_OK ? count : 0
        }
        try check(code, message)
        return bytes
    }
}
