import Foundation

/// Files for tests, the same bytes every time.
enum SampleFiles {
    /// A one-page PDF with an uncompressed RGB picture of `side` x `side` pixels: smooth colour with a little noise, so that
    /// compressing it pays and takes a while.
    static func picturePDF(side: Int) -> [UInt8] {
        var random = UInt32(12345)
        var pixels: [UInt8] = []
        pixels.reserveCapacity(side * side * 3)
        for row in 0..<side {
            for column in 0..<side {
                random = random &* 1_664_525 &+ 1_013_904_223
                let noise = Int(random >> 28)
                pixels.append(UInt8(truncatingIfNeeded: min(255, row * 240 / side + noise)))
                pixels.append(UInt8(truncatingIfNeeded: min(255, column * 240 / side + noise)))
                pixels.append(UInt8(truncatingIfNeeded: 128 + noise))
            }
        }
        let image =
            "<< /Type /XObject /Subtype /Image /Width \(side) /Height \(side) /ColorSpace /DeviceRGB "
            + "/BitsPerComponent 8 /Length \(pixels.count) >>"
        return pdf([
            ("<< /Type /Catalog /Pages 2 0 R >>", nil),
            ("<< /Type /Pages /Kids [3 0 R] /Count 1 >>", nil),
            (
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R "
                    + "/Resources << /XObject << /Im 5 0 R >> >> >>", nil
            ),
            ("<< /Length 31 >>", Array("q 300 0 0 300 0 0 cm /Im Do Q\n\n".utf8)),
            (image, pixels),
        ])
    }

    /// A PDF of these objects, with a correct table of offsets.
    private static func pdf(_ objects: [(dictionary: String, stream: [UInt8]?)]) -> [UInt8] {
        var bytes = Array("%PDF-1.4\n".utf8)
        var offsets: [Int] = []
        for (index, object) in objects.enumerated() {
            offsets.append(bytes.count)
            bytes += Array("\(index + 1) 0 obj\n\(object.dictionary)\n".utf8)
            if let stream = object.stream { bytes += Array("stream\n".utf8) + stream + Array("\nendstream\n".utf8) }
            bytes += Array("endobj\n".utf8)
        }
        let table = bytes.count
        var tail = "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
        for offset in offsets {
            let digits = String(offset)
            tail += String(repeating: "0", count: 10 - digits.count) + digits + " 00000 n \n"
        }
        tail += "trailer\n<< /Size \(objects.count + 1) /Root 1 0 R >>\nstartxref\n\(table)\n%%EOF\n"
        return bytes + Array(tail.utf8)
    }

    /// A PDF that opens only with a password (made once with `qpdf --encrypt user owner 128`).
    static let lockedPDF = [UInt8](
        Data(
            base64Encoded: """
                JVBERi0xLjQKJb/3ov4KMSAwIG9iago8PCAvUGFnZXMgMiAwIFIgL1R5cGUgL0NhdGFsb2cgPj4KZW5kb2JqCjIgMCBvYmoKPDwgL0NvdW50ID
                EgL0tpZHMgWyAzIDAgUiBdIC9UeXBlIC9QYWdlcyA+PgplbmRvYmoKMyAwIG9iago8PCAvTWVkaWFCb3ggWyAwIDAgOSA5IF0gL1BhcmVudCAy
                IDAgUiAvVHlwZSAvUGFnZSA+PgplbmRvYmoKNCAwIG9iago8PCAvRmlsdGVyIC9TdGFuZGFyZCAvTGVuZ3RoIDEyOCAvTyA8MGJhMzgzNWY4OG
                Y5MDM4OGU3NGU1NDU4NDEyNWNlMTQyYmUwZGUyNGM2YjBkMzc3NDZlMDc1Yjg5MTc1NjY3MT4gL1AgLTQgL1IgMyAvVSA8NzYzZjk1NGQxNjYy
                MjAxNWVlODhiNjBiM2ViOGY3NTkwMTIyNDU2YTkxYmFlNTEzNDI3M2E2ZGIxMzRjODdjND4gL1YgMiA+PgplbmRvYmoKeHJlZgowIDUKMDAwMD
                AwMDAwMCA2NTUzNSBmIAowMDAwMDAwMDE1IDAwMDAwIG4gCjAwMDAwMDAwNjQgMDAwMDAgbiAKMDAwMDAwMDEyMyAwMDAwMCBuIAowMDAwMDAw
                MTkyIDAwMDAwIG4gCnRyYWlsZXIgPDwgL1Jvb3QgMSAwIFIgL1NpemUgNSAvSUQgWzwzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NT
                48MzE0MTU5MjY1MzU4OTc5MzIzODQ2MjY0MzM4MzI3OTU+XSAvRW5jcnlwdCA0IDAgUiA+PgpzdGFydHhyZWYKMzk5CiUlRU9GCg==
                """, options: .ignoreUnknownCharacters) ?? Data())

    /// The beginning of a PNG, enough to be taken for one.
    static let pngHead: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
}
