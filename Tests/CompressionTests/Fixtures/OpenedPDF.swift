import CQPDF
import Glibc

/// Looks into a PDF with qpdf itself, independent of the code under test.
final class OpenedPDF {
    private let data: qpdf_data
    private let bytes: [CChar]

    /// `nil` when qpdf cannot open the bytes.
    init?(_ input: [UInt8], password: String = "") {
        guard let handle = qpdf_init() else { return nil }
        data = handle
        bytes = input.map { CChar(bitPattern: $0) }
        qpdf_silence_errors(data)
        qpdf_set_suppress_warnings(data, 1)
        // Sound: qpdf copies nothing, but `bytes` lives as long as the handle and is never changed.
        let result = bytes.withUnsafeBufferPointer {
            qpdf_read_memory(data, "output", $0.baseAddress, UInt64($0.count), password)
        }
        guard result & 2 == 0 else { return nil }
    }

    deinit {
        var handle: qpdf_data? = data
        _ = qpdf_get_error(data)
        qpdf_cleanup(&handle)
    }

    var pageCount: Int { Int(qpdf_get_num_pages(data)) }
    var isEncrypted: Bool { qpdf_is_encrypted(data) != 0 }
    var catalogText: String { String(cString: qpdf_oh_unparse_resolved(data, qpdf_get_root(data))) }

    struct Image {
        let width: Int
        let height: Int
        let filter: String
        let dictionary: String
        let stored: [UInt8]
        let decoded: [UInt8]
    }

    /// All image XObjects in order of their object numbers.
    var images: [Image] {
        (1..<objectCount).compactMap { number in
            let object = qpdf_get_object_by_id(data, Int32(number), 0)
            guard qpdf_oh_is_stream(data, object) != 0 else { return nil }
            let dictionary = qpdf_oh_get_dict(data, object)
            guard text(dictionary, "/Subtype") == "/Image" else { return nil }
            return Image(
                width: Int(qpdf_oh_get_int_value(data, qpdf_oh_get_key(data, dictionary, "/Width"))),
                height: Int(qpdf_oh_get_int_value(data, qpdf_oh_get_key(data, dictionary, "/Height"))),
                filter: text(dictionary, "/Filter"), dictionary: String(cString: qpdf_oh_unparse(data, dictionary)),
                stored: streamData(object, qpdf_dl_none), decoded: streamData(object, qpdf_dl_generalized))
        }
    }

    var streamCount: Int {
        (1..<objectCount).count { qpdf_oh_is_stream(data, qpdf_get_object_by_id(data, Int32($0), 0)) != 0 }
    }

    func pageContent(_ index: Int) -> [UInt8] {
        var buffer: UnsafeMutablePointer<UInt8>?
        var count = 0
        _ = qpdf_oh_get_page_content_data(data, qpdf_get_page_n(data, index), &buffer, &count)
        defer { free(buffer) }
        return Array(UnsafeBufferPointer(start: buffer, count: count))
    }

    /// The same document with a password; needed to make fixtures.
    func encrypted(user: String, owner: String) -> [UInt8] {
        _ = qpdf_init_write_memory(data)
        qpdf_set_r6_encryption_parameters2(
            data, user, owner, 1, 1, 1, 1, 1, 1, qpdf_r3p_full, 1)
        guard qpdf_write(data) & 2 == 0 else { return [] }
        return Array(UnsafeBufferPointer(start: qpdf_get_buffer(data), count: qpdf_get_buffer_length(data)))
    }

    private var objectCount: Int {
        Int(qpdf_oh_get_int_value(data, qpdf_oh_get_key(data, qpdf_get_trailer(data), "/Size")))
    }

    private func text(_ dictionary: qpdf_oh, _ key: String) -> String {
        String(cString: qpdf_oh_unparse(data, qpdf_oh_get_key(data, dictionary, key)))
    }

    private func streamData(_ object: qpdf_oh, _ level: qpdf_stream_decode_level_e) -> [UInt8] {
        var buffer: UnsafeMutablePointer<UInt8>?
        var count = 0
        _ = qpdf_oh_get_stream_data(data, object, level, nil, &buffer, &count)
        defer { free(buffer) }
        return Array(UnsafeBufferPointer(start: buffer, count: count))
    }
}
