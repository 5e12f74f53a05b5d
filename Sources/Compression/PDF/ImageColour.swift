/// What an image's samples mean, as far as recompression needs to know.
enum ImageColour {
    case grey
    case rgb
    /// `base` is grey (1 channel) or RGB (3); `table` holds whole entries.
    case indexed(base: PDFObject, channels: Int, table: [UInt8])
    /// Anything else: only lossless changes. `components` is `nil` when even their number is unknown.
    case other(components: Int?)

    var components: Int? {
        switch self {
        case .grey, .indexed: 1
        case .rgb: 3
        case .other(let components): components
        }
    }

    /// Reads a `/ColorSpace` entry.
    static func read(_ space: PDFObject?, _ decoder: StreamDecoder) -> ImageColour {
        guard let space else { return .other(components: nil) }
        guard let name = space.name ?? space.items.first?.name else { return .other(components: nil) }
        switch name {
        case "/DeviceGray", "/G", "/CalGray": return .grey
        case "/DeviceRGB", "/RGB", "/CalRGB": return .rgb
        case "/DeviceCMYK", "/CMYK": return .other(components: 4)
        case "/Lab": return .other(components: 3)
        case "/Separation": return .other(components: 1)
        case "/DeviceN": return .other(components: space.items.dropFirst().first?.items.count)
        case "/ICCBased": return profile(space.items, decoder)
        case "/Indexed", "/I": return indexed(space.items, decoder)
        default: return .other(components: nil)
        }
    }

    private static func profile(_ items: [PDFObject], _ decoder: StreamDecoder) -> ImageColour {
        guard items.count > 1, let components = items[1]["/N"]?.int else { return .other(components: nil) }
        // A profile of three components may describe Lab, in which JPEG's colour transform would be wrong.
        let isLab = items[1]["/Alternate"]?.items.first?.name == "/Lab" || items[1]["/Range"] != nil
        switch components {
        case 1 where !isLab: return .grey
        case 3 where !isLab: return .rgb
        default: return .other(components: components)
        }
    }

    private static func indexed(_ items: [PDFObject], _ decoder: StreamDecoder) -> ImageColour {
        guard items.count == 4, let highest = items[2].int, (0...255).contains(highest) else {
            return .other(components: 1)
        }
        let channels: Int
        switch read(items[1], decoder) {
        case .grey: channels = 1
        case .rgb: channels = 3
        case .indexed, .other: return .other(components: 1)
        }
        // An unreadable table only means that the image stays lossless.
        guard let table = items[3].stringBytes ?? tableStream(items[3], decoder) else { return .other(components: 1) }
        let count = (highest + 1) * channels
        guard table.count >= count else { return .other(components: 1) }
        return .indexed(base: items[1], channels: channels, table: Array(table.prefix(count)))
    }

    private static func tableStream(_ object: PDFObject, _ decoder: StreamDecoder) -> [UInt8]? {
        guard object.isStream else { return nil }
        do { return try decoder.decodeAll(object) } catch { return nil }
    }
}
