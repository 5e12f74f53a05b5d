import CQPDF
import Glibc

/// One open document. Owns the qpdf handle and the bytes that qpdf reads from; not thread-safe.
final class PDFDocument {
    static let errorBit: Int32 = 2
    static let warningBit: Int32 = 1

    /// qpdf could not open the file without a password that we do not have.
    struct PasswordRequired: Error {}

    let data: qpdf_data
    private let input: UnsafeMutableBufferPointer<CChar>

    init(_ bytes: [UInt8]) throws {
        // Sound: qpdf_init returns nil only when memory is exhausted, which ends the worker anyway.
        data = qpdf_init()!
        input = .allocate(capacity: max(bytes.count, 1))
        for (index, byte) in bytes.enumerated() { input[index] = CChar(bitPattern: byte) }
        qpdf_silence_errors(data)
        qpdf_set_suppress_warnings(data, 1)
        let result = qpdf_read_memory(data, "input", input.baseAddress, UInt64(bytes.count), "")
        guard result & Self.errorBit == 0 else {
            let failure = takeError()
            if failure.code == qpdf_e_password { throw PasswordRequired() }
            throw CompressionError.unreadable(why: failure.text)
        }
    }

    deinit {
        // qpdf prints an error that nobody took to standard error.
        _ = takeError()
        var handle: qpdf_data? = data
        qpdf_cleanup(&handle)
        input.deallocate()
    }

    var pageCount: Int { Int(qpdf_get_num_pages(data)) }
    var isEncrypted: Bool { qpdf_is_encrypted(data) != 0 }
    var trailer: PDFObject { PDFObject(self, qpdf_get_trailer(data)) }
    var catalog: PDFObject { PDFObject(self, qpdf_get_root(data)) }

    /// One more than the highest object number, as the trailer claims.
    var claimedObjects: Int { trailer["/Size"]?.int ?? 0 }

    func page(_ index: Int) -> PDFObject { PDFObject(self, qpdf_get_page_n(data, index)) }

    /// The object of generation 0; a null object when there is none.
    func object(_ number: Int) -> PDFObject { PDFObject(self, qpdf_get_object_by_id(data, Int32(number), 0)) }

    func make(name: String) -> PDFObject { PDFObject(self, qpdf_oh_new_name(data, name)) }
    func make(int: Int) -> PDFObject { PDFObject(self, qpdf_oh_new_integer(data, Int64(int))) }
    func makeNull() -> PDFObject { PDFObject(self, qpdf_oh_new_null(data)) }

    func make(dictionary entries: [(String, Int)]) -> PDFObject {
        let dictionary = PDFObject(self, qpdf_oh_new_dictionary(data))
        for (key, value) in entries { dictionary.set(key, make(int: value)) }
        return dictionary
    }

    /// `[/Indexed base highest table]`.
    func makeIndexed(base: PDFObject, table: [UInt8], channels: Int) -> PDFObject {
        let array = PDFObject(self, qpdf_oh_new_array(data))
        let text = table.map { CChar(bitPattern: $0) }
        let string = PDFObject(self, qpdf_oh_new_binary_string(data, text, text.count))
        for item in [make(name: "/Indexed"), base, make(int: table.count / channels - 1), string] {
            qpdf_oh_append_item(data, array.handle, item.handle)
        }
        return array
    }

    /// Takes qpdf's pending error, so that it is neither reported twice nor printed.
    func takeError() -> (code: qpdf_error_code_e, text: String) {
        guard qpdf_has_error(data) != 0, let error = qpdf_get_error(data) else {
            return (qpdf_e_success, "unknown reason")
        }
        let text = qpdf_get_error_message_detail(data, error).map { String(cString: $0) } ?? ""
        return (qpdf_get_error_code(data, error), text)
    }
}
