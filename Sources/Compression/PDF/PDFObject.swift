import CQPDF

/// Number and generation of an indirect object.
struct ObjectID: Hashable {
    let number: Int32
    let generation: Int32
}

/// One qpdf object handle, released with the value that owns it.
final class PDFObject {
    let document: PDFDocument
    let handle: qpdf_oh
    private var data: qpdf_data { document.data }

    init(_ document: PDFDocument, _ handle: qpdf_oh) { (self.document, self.handle) = (document, handle) }

    deinit { qpdf_oh_release(data, handle) }

    /// `nil` for a direct object.
    var identity: ObjectID? {
        let number = qpdf_oh_get_object_id(data, handle)
        return number == 0 ? nil : ObjectID(number: number, generation: qpdf_oh_get_generation(data, handle))
    }

    var isNull: Bool { qpdf_oh_is_null(data, handle) != 0 }
    var isStream: Bool { qpdf_oh_is_stream(data, handle) != 0 }
    var isArray: Bool { qpdf_oh_is_array(data, handle) != 0 }
    var isDictionary: Bool { qpdf_oh_is_dictionary(data, handle) != 0 }

    var bool: Bool? {
        var value: QPDF_BOOL = 0
        return qpdf_oh_get_value_as_bool(data, handle, &value) != 0 ? value != 0 : nil
    }

    var int: Int? {
        var value: Int64 = 0
        return qpdf_oh_get_value_as_longlong(data, handle, &value) != 0 ? Int(value) : nil
    }

    var number: Double? {
        var value = 0.0
        return qpdf_oh_get_value_as_number(data, handle, &value) != 0 && value.isFinite ? value : nil
    }

    /// With the leading slash.
    var name: String? {
        var text: UnsafePointer<CChar>?
        var length = 0
        guard qpdf_oh_get_value_as_name(data, handle, &text, &length) != 0, let text else { return nil }
        return String(cString: text)
    }

    var stringBytes: [UInt8]? {
        var text: UnsafePointer<CChar>?
        var length = 0
        guard qpdf_oh_get_value_as_string(data, handle, &text, &length) != 0, let text else { return nil }
        return (0..<length).map { UInt8(bitPattern: text[$0]) }
    }

    /// The dictionary itself, a stream's dictionary, or `nil`.
    var dictionary: PDFObject? {
        if isDictionary { return self }
        return isStream ? PDFObject(document, qpdf_oh_get_dict(data, handle)) : nil
    }

    /// Items of an array; empty for anything else.
    var items: [PDFObject] {
        guard isArray else { return [] }
        return (0..<max(0, qpdf_oh_get_array_n_items(data, handle))).map {
            PDFObject(document, qpdf_oh_get_array_item(data, handle, $0))
        }
    }

    /// All items as numbers, or `nil`.
    var numbers: [Double]? {
        guard isArray else { return nil }
        let values = items.map(\.number)
        return values.contains { $0 == nil } ? nil : values.compactMap(\.self)
    }

    /// Keys of a dictionary, with slash; empty for anything else. Keys that are no UTF-8 are left out.
    var keys: [String] { allKeys.compactMap(\.self) }

    /// False when `keys` leaves something out.
    var hasReadableKeys: Bool { !allKeys.contains(nil) }

    private var allKeys: [String?] {
        guard isDictionary else { return [] }
        var keys: [String?] = []
        qpdf_oh_begin_dict_key_iter(data, handle)
        while qpdf_oh_dict_more_keys(data) != 0 {
            guard let key = qpdf_oh_dict_next_key(data) else { break }
            keys.append(String(validatingCString: key))
        }
        return keys
    }

    /// The value of `key` in a dictionary or a stream's dictionary; `nil` when absent or null.
    subscript(key: String) -> PDFObject? {
        guard let dictionary else { return nil }
        let value = PDFObject(document, qpdf_oh_get_key(data, dictionary.handle, key))
        return value.isNull ? nil : value
    }

    /// Canonical text with references left as references.
    var text: [UInt8] {
        guard let text = qpdf_oh_unparse_binary(data, handle) else { return [] }
        let length = qpdf_get_last_string_length(data)
        return (0..<length).map { UInt8(bitPattern: text[$0]) }
    }
}
