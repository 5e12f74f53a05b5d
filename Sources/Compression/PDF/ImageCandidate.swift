/// One possible new form of an image.
struct ImageCandidate {
    enum Coding {
        case jpeg
        /// Plain rows, or rows with PNG filters.
        case flate(isFiltered: Bool)
    }

    let transform: String
    let bytes: [UInt8]
    let coding: Coding
    let width: Int
    let height: Int
    let bits: Int
    let channels: Int
    /// Replaces the colour space, when the samples mean something else than before.
    var space: PDFObject?
    /// Bytes that this form needs outside its stream.
    var overhead = 0

    var cost: Int { bytes.count + overhead }

    func apply(to object: PDFObject) {
        let document = object.document
        switch coding {
        case .jpeg: object.replaceStream(bytes, filter: "/DCTDecode")
        case .flate(false): object.replaceStream(bytes, filter: "/FlateDecode")
        case .flate(true):
            let parameters = document.make(dictionary: [
                ("/Predictor", 15), ("/Colors", channels), ("/BitsPerComponent", bits), ("/Columns", width),
            ])
            object.replaceStream(bytes, filter: "/FlateDecode", parameters: parameters)
        }
        object.set("/Width", document.make(int: width))
        object.set("/Height", document.make(int: height))
        // Without effect beside a soft mask, and no longer true of the new samples.
        if object["/SMask"] != nil, object["/Mask"]?.isArray ?? false { object.remove("/Mask") }
        if object["/ImageMask"]?.bool != true { object.set("/BitsPerComponent", document.make(int: bits)) }
        if let space {
            object.set("/ColorSpace", space)
            object.remove("/Decode")
        }
    }
}
