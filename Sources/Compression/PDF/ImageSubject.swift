/// One image XObject and everything that limits what may be done to it.
struct ImageSubject {
    let object: PDFObject
    let width: Int
    let height: Int
    let bits: Int
    let colour: ImageColour
    let isStencil: Bool
    /// Samples map to colours in the usual way.
    let hasPlainDecode: Bool
    /// Exact sample values matter: colour-key masking, or colours premultiplied by a mask.
    let needsExactSamples: Bool
    let isSoftMask: Bool
    /// Size on the page when the image may lose pixels.
    let extent: PlacementSurvey.Extent?

    /// `nil` when a required entry is missing or absurd.
    init?(_ object: PDFObject, _ decoder: StreamDecoder, _ usage: ImageUsage, _ survey: PlacementSurvey?) {
        guard let width = object["/Width"]?.int, let height = object["/Height"]?.int, let identity = object.identity,
            (1...1_000_000).contains(width), (1...1_000_000).contains(height)
        else { return nil }
        (self.object, self.width, self.height) = (object, width, height)
        isStencil = object["/ImageMask"]?.bool ?? false
        bits = isStencil ? 1 : object["/BitsPerComponent"]?.int ?? 8
        colour = isStencil ? .grey : ImageColour.read(object["/ColorSpace"], decoder)
        guard [1, 2, 4, 8, 16].contains(bits) else { return nil }
        hasPlainDecode = Self.isPlain(object["/Decode"], colour, bits)
        isSoftMask = usage.softMasks[identity] != nil
        needsExactSamples =
            isStencil || Self.hasColourKey(object) || object["/Matte"] != nil
            || object["/SMask"]?["/Matte"] != nil
        extent = needsExactSamples ? nil : usage.extent(of: identity, survey)
    }

    /// Bytes of all samples, row by row; `nil` when the number of components is unknown.
    var sampleBytes: Int? { colour.components.map { ($0 * bits * width + 7) / 8 * height } }

    /// Pixels that the page needs, when clearly fewer than there are.
    func reducedSize(_ tuning: PresetTuning) -> (width: Int, height: Int)? {
        guard let extent, let target = tuning.targetDPI, extent.width > 0, extent.height > 0 else { return nil }
        let resolution = min(Double(width) * 72 / extent.width, Double(height) * 72 / extent.height)
        guard resolution > target * tuning.excess else { return nil }
        let scale = target / resolution
        return (max(1, Int((Double(width) * scale).rounded())), max(1, Int((Double(height) * scale).rounded())))
    }

    /// A soft mask overrides a colour key, which then has no effect.
    private static func hasColourKey(_ object: PDFObject) -> Bool {
        object["/SMask"] == nil && object["/Mask"]?.isArray ?? false
    }

    private static func isPlain(_ decode: PDFObject?, _ colour: ImageColour, _ bits: Int) -> Bool {
        guard let decode else { return true }
        guard let numbers = decode.numbers else { return false }
        switch colour {
        case .indexed: return numbers == [0, Double((1 << bits) - 1)]
        case .grey, .rgb, .other:
            return numbers == Array(repeating: [0.0, 1.0], count: colour.components ?? 0).flatMap(\.self)
        }
    }
}

/// Who uses which image as a soft mask.
struct ImageUsage {
    /// Soft mask to the images that it covers.
    private(set) var softMasks: [ObjectID: [ObjectID]] = [:]

    mutating func note(_ image: PDFObject) {
        guard let identity = image.identity, let mask = image["/SMask"], mask.isStream, let key = mask.identity else {
            return
        }
        softMasks[key, default: []].append(identity)
    }

    /// A mask is as large on the page as the largest image that it covers; unknown as soon as one of them is.
    func extent(of image: ObjectID, _ survey: PlacementSurvey?) -> PlacementSurvey.Extent? {
        guard let survey else { return nil }
        guard let parents = softMasks[image] else { return survey.extent(of: image) }
        var largest = survey.extent(of: image) ?? PlacementSurvey.Extent(width: 0, height: 0)
        for parent in parents {
            guard let extent = survey.extent(of: parent) else { return nil }
            largest.width = max(largest.width, extent.width)
            largest.height = max(largest.height, extent.height)
        }
        return largest
    }
}
