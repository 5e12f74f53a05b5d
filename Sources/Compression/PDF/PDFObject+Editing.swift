import CQPDF
import Glibc

extension PDFObject {
    func set(_ key: String, _ value: PDFObject) {
        guard let dictionary else { return }
        qpdf_oh_replace_key(document.data, dictionary.handle, key, value.handle)
    }

    func setItem(_ index: Int, _ value: PDFObject) {
        qpdf_oh_set_array_item(document.data, handle, Int32(index), value.handle)
    }

    /// True when there was something to remove.
    @discardableResult
    func remove(_ key: String) -> Bool {
        guard let dictionary, qpdf_oh_has_key(document.data, dictionary.handle, key) != 0 else { return false }
        qpdf_oh_remove_key(document.data, dictionary.handle, key)
        return true
    }

    /// The stream's bytes as stored, decrypted but not decoded.
    func storedBytes() throws -> [UInt8] {
        var bytes: UnsafeMutablePointer<UInt8>?
        var count = 0
        let result = qpdf_oh_get_stream_data(document.data, handle, qpdf_dl_none, nil, &bytes, &count)
        defer { free(bytes) }
        guard result & PDFDocument.errorBit == 0, let bytes else {
            _ = document.takeError()
            throw CodecError.damaged("stream data cannot be read")
        }
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }

    /// New stored bytes, coded with `filter` (a name with slash) and optional parameters.
    func replaceStream(_ bytes: [UInt8], filter: String, parameters: PDFObject? = nil) {
        let name = document.make(name: filter)
        let parameters = parameters ?? document.makeNull()
        qpdf_oh_replace_stream_data(document.data, handle, bytes, bytes.count, name.handle, parameters.handle)
        if parameters.isNull { remove("/DecodeParms") }
        remove("/DP")
    }
}
