/// Removes what only the authoring program used: page thumbnails and private data.
enum PrivateDataStripper {
    /// How many entries went.
    static func strip(_ object: PDFObject) -> Int {
        guard object.isDictionary || object.isStream else { return 0 }
        var removed = 0
        if object["/PieceInfo"]?.isDictionary ?? false, object.remove("/PieceInfo") { removed += 1 }
        if object["/Type"]?.name == "/Page", object.remove("/Thumb") { removed += 1 }
        return removed
    }
}
