/// How an annotation's appearance is scaled into its rectangle (ISO 32000-1, 12.5.5, algorithm 8.1).
enum AppearanceFit {
    /// The scale that follows the form's own matrix; `nil` when an entry is malformed.
    static func scale(of form: PDFObject, in annotation: PDFObject) -> Matrix? {
        guard let box = form["/BBox"]?.numbers, box.count == 4, let rectangle = annotation["/Rect"]?.numbers,
            rectangle.count == 4
        else { return nil }
        guard let inner = form["/Matrix"].map({ $0.numbers.flatMap { Matrix($0) } }) ?? .identity else { return nil }
        let width = abs(box[2] - box[0])
        let height = abs(box[3] - box[1])
        let boundWidth = abs(inner.a) * width + abs(inner.c) * height
        let boundHeight = abs(inner.b) * width + abs(inner.d) * height
        guard boundWidth > 0, boundHeight > 0 else { return nil }
        return Matrix(
            a: abs(rectangle[2] - rectangle[0]) / boundWidth, b: 0, c: 0,
            d: abs(rectangle[3] - rectangle[1]) / boundHeight)
    }
}
