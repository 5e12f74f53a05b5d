/// How large each image is drawn, anywhere in the document.
final class PlacementSurvey {
    struct Extent {
        /// Points.
        var width: Double
        var height: Double
    }

    private(set) var extents: [ObjectID: Extent] = [:]
    /// Images that may be drawn in ways we did not follow: they keep every pixel.
    private(set) var exempt: Set<ObjectID> = []
    /// Nothing is certain in this document.
    private(set) var isUncertain = false

    private let document: PDFDocument
    private let decoder: StreamDecoder
    private let budget: WorkBudget
    /// Shapes in which a form was already followed.
    private var followed: [ObjectID: Set<[Int]>] = [:]

    init(_ document: PDFDocument, _ decoder: StreamDecoder) {
        (self.document, self.decoder, self.budget) = (document, decoder, decoder.budget)
    }

    /// The extent of an image that may lose pixels.
    func extent(of image: ObjectID) -> Extent? { isUncertain || exempt.contains(image) ? nil : extents[image] }

    func surveyPage(_ page: PDFObject) throws {
        let unit = page["/UserUnit"]?.number ?? 1
        let base = Matrix(a: unit, b: 0, c: 0, d: unit)
        let resources = inherited("/Resources", page)
        do {
            try walk(pageContent(page), resources, base, depth: 0)
        } catch is CodecError {
            spare(resources)
        }
        for annotation in page["/Annots"]?.items ?? [] { try surveyAppearances(annotation, base) }
    }

    /// Glyph procedures are drawn at sizes that depend on text state, which is not followed.
    func spareGlyphs(of font: PDFObject) {
        guard let resources = font["/Resources"] else {
            isUncertain = true
            return
        }
        spare(resources)
    }

    private func pageContent(_ page: PDFObject) throws -> [UInt8] {
        guard let contents = page["/Contents"] else { return [] }
        var bytes: [UInt8] = []
        for stream in contents.isArray ? contents.items : [contents] where stream.isStream {
            bytes += try decoder.decodeAll(stream)
            bytes.append(10)
            try budget.require(bytes.count <= budget.limits.streamBytes, "content bytes of one page", bytes.count)
        }
        return bytes
    }

    private func inherited(_ key: String, _ page: PDFObject) -> PDFObject? {
        var node: PDFObject? = page
        for _ in 0..<64 {
            if let value = node?[key] { return value }
            node = node?["/Parent"]
        }
        return nil
    }

    private func walk(_ bytes: [UInt8], _ resources: PDFObject?, _ base: Matrix, depth: Int) throws {
        try budget.require(depth <= budget.limits.formDepth, "nested forms", depth)
        var walk = ContentWalk(bytes, base: base)
        while let event = try walk.next(budget) {
            switch event {
            case .draw(let name, let matrix):
                try draw(look(name, in: "/XObject", of: resources, depth), resources, matrix, depth)
            case .graphicsState(let name, let matrix):
                let state = look(name, in: "/ExtGState", of: resources, depth)
                try follow(state?["/SMask"]?["/G"], resources, matrix, depth)
            case .pattern(let name):
                try followPattern(look(name, in: "/Pattern", of: resources, depth), resources, base, depth)
            }
        }
        if walk.isSuspicious { spare(resources) }
    }

    /// The resource that content names. One that is not there may be found by a reader all the same, in a form even among
    /// the resources of the page, and drawn at any size.
    private func look(_ name: String, in kind: String, of resources: PDFObject?, _ depth: Int) -> PDFObject? {
        if let object = resources?[kind]?["/" + name] { return object }
        if depth > 0 { isUncertain = true } else { spare(resources) }
        return nil
    }

    private func draw(_ object: PDFObject?, _ resources: PDFObject?, _ matrix: Matrix, _ depth: Int) throws {
        guard let object, object.isStream else { return }
        guard object["/Subtype"]?.name == "/Image" else { return try follow(object, resources, matrix, depth) }
        guard let identity = object.identity else { return }
        let known = extents[identity] ?? Extent(width: 0, height: 0)
        extents[identity] = Extent(
            width: max(known.width, matrix.width), height: max(known.height, matrix.height))
    }

    private func followPattern(_ object: PDFObject?, _ resources: PDFObject?, _ base: Matrix, _ depth: Int) throws {
        guard let object, object["/PatternType"]?.int == 1 else { return }
        try follow(object, resources, base, depth)
    }

    /// Walks a form, a tiling pattern or a mask group; each shape once.
    private func follow(_ form: PDFObject?, _ resources: PDFObject?, _ outer: Matrix, _ depth: Int) throws {
        guard let form, form.isStream, let identity = form.identity else { return }
        let inner = form["/Matrix"].map { $0.numbers.flatMap { Matrix($0) } } ?? .identity
        let own = form["/Resources"] ?? resources
        guard let inner, followed[identity, default: []].count < 64 else { return spare(own) }
        let matrix = inner.then(outer)
        guard followed[identity, default: []].insert(matrix.shape).inserted else { return }
        do {
            try walk(decoder.decodeAll(form), own, matrix, depth: depth + 1)
        } catch is CodecError {
            spare(own)
        }
    }

    private func surveyAppearances(_ annotation: PDFObject, _ base: Matrix) throws {
        guard let appearances = annotation["/AP"] else { return }
        for key in ["/N", "/R", "/D"] {
            guard let entry = appearances[key] else { continue }
            if !entry.hasReadableKeys { isUncertain = true }
            let streams = entry.isStream ? [entry] : entry.keys.compactMap { entry[$0] }
            for stream in streams {
                let fit = AppearanceFit.scale(of: stream, in: annotation)
                guard let fit else {
                    spare(stream["/Resources"])
                    continue
                }
                try follow(stream, nil, fit.then(base), 0)
            }
        }
    }

    private func spare(_ resources: PDFObject?) {
        var finder = ResourceImages()
        finder.visit(resources, depth: 0)
        exempt.formUnion(finder.images)
        if finder.isIncomplete { isUncertain = true }
    }
}
