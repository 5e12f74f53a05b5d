import CQPDF

extension PDFDocument {
    struct WriteOptions {
        /// PDF/A-1 forbids object and cross-reference streams.
        var usesObjectStreams = true
        /// PDF/A wants a line end before `endstream`.
        var endsStreamsWithNewline = false
    }

    /// The whole document. Streams are written as they are stored; encryption stays what it was.
    func written(_ options: WriteOptions) throws -> [UInt8] {
        try check(qpdf_init_write_memory(data))
        qpdf_set_object_stream_mode(data, options.usesObjectStreams ? qpdf_o_generate : qpdf_o_disable)
        qpdf_set_compress_streams(data, 1)
        qpdf_set_decode_level(data, qpdf_dl_none)
        qpdf_set_newline_before_endstream(data, options.endsStreamsWithNewline ? 1 : 0)
        // qpdf cannot do both: a deterministic ID of an encrypted file is an internal error.
        if !isEncrypted { qpdf_set_deterministic_ID(data, 1) }
        try check(qpdf_write(data))
        return Array(UnsafeBufferPointer(start: qpdf_get_buffer(data), count: qpdf_get_buffer_length(data)))
    }

    private func check(_ result: Int32) throws {
        guard result & Self.errorBit == 0 else {
            throw CompressionError.unreadable(why: "damaged beyond rewriting: \(takeError().text)")
        }
    }
}
