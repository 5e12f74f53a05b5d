package import Blocking

/// One connected stream, used by one thread at a time; closes when it goes away.
package protocol ByteStream: AnyObject {
    /// Reads at least one byte into `buffer`; 0 means that the peer has closed.
    func read(into buffer: UnsafeMutableRawBufferPointer, _ waiter: Waiter) throws -> Int
    func write(_ bytes: UnsafeRawBufferPointer, _ waiter: Waiter) throws
}
