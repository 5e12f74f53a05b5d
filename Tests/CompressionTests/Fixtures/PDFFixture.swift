/// Builds small PDF files object by object.
struct PDFFixture {
    private var objects: [[UInt8]] = []
    private var pages: [Int] = []
    /// Further entries of the catalog.
    var catalog = ""

    /// Object numbers 1 and 2 are the catalog and the page tree.
    private static let reserved = 2

    /// Adds an object and returns its number.
    mutating func add(_ text: String) -> Int {
        objects.append(Array(text.utf8))
        return objects.count + Self.reserved
    }

    /// `entries` without `/Length`; the bytes are stored as they are.
    mutating func add(stream entries: String, _ bytes: [UInt8]) -> Int {
        objects.append(
            Array("<<\(entries) /Length \(bytes.count)>>\nstream\n".utf8) + bytes + Array("\nendstream".utf8))
        return objects.count + Self.reserved
    }

    mutating func add(flate entries: String, _ bytes: [UInt8], level: Int32 = 1) -> Int {
        add(stream: "\(entries) /Filter /FlateDecode", deflated(bytes, level: level))
    }

    /// A Flate image of 8 bits a component.
    mutating func add(image picture: Picture, extra: String = "", space: String? = nil) -> Int {
        let space = space ?? (picture.channels == 1 ? "/DeviceGray" : "/DeviceRGB")
        return add(flate: imageEntries(picture, space, extra), picture.pixels)
    }

    mutating func add(jpeg picture: Picture, quality: Int = 95, extra: String = "") -> Int {
        let space = picture.channels == 1 ? "/DeviceGray" : "/DeviceRGB"
        return add(stream: imageEntries(picture, space, extra) + " /Filter /DCTDecode", picture.jpeg(quality: quality))
    }

    /// Adds a page of 612 by 792 points and returns its number.
    @discardableResult
    mutating func page(content: String, resources: String = "", extra: String = "") -> Int {
        let stream = add(stream: "", Array(content.utf8))
        let page = add(
            "<</Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents \(stream) 0 R /Resources <<\(resources)>> \(extra)>>"
        )
        pages.append(page)
        return page
    }

    /// A page that draws one image at a size in points.
    @discardableResult
    mutating func page(showing image: Int, width: Int, height: Int) -> Int {
        page(content: "q \(width) 0 0 \(height) 36 36 cm /Im0 Do Q", resources: "/XObject <</Im0 \(image) 0 R>>")
    }

    func build() -> [UInt8] {
        let kids = pages.map { "\($0) 0 R" }.joined(separator: " ")
        let all =
            [
                Array("<</Type /Catalog /Pages 2 0 R \(catalog)>>".utf8),
                Array("<</Type /Pages /Kids [\(kids)] /Count \(pages.count)>>".utf8),
            ] + objects
        var bytes = Array("%PDF-1.7\n%\u{E2}\u{E3}\n".utf8)
        var offsets: [Int] = []
        for (index, object) in all.enumerated() {
            offsets.append(bytes.count)
            bytes += Array("\(index + 1) 0 obj\n".utf8) + object + Array("\nendobj\n".utf8)
        }
        let start = bytes.count
        bytes += Array("xref\n0 \(all.count + 1)\n0000000000 65535 f \n".utf8)
        for offset in offsets {
            let digits = String(offset)
            bytes += Array((String(repeating: "0", count: 10 - digits.count) + digits + " 00000 n \n").utf8)
        }
        bytes += Array("trailer\n<</Size \(all.count + 1) /Root 1 0 R>>\nstartxref\n\(start)\n%%EOF\n".utf8)
        return bytes
    }

    private func imageEntries(_ picture: Picture, _ space: String, _ extra: String) -> String {
        "/Type /XObject /Subtype /Image /Width \(picture.width) /Height \(picture.height) /BitsPerComponent 8 "
            + "/ColorSpace \(space) \(extra)"
    }
}
