import CCodecs
import Glibc

/// Raw pixels, and the codings that fixtures need.
struct Picture: Equatable {
    var width: Int
    var height: Int
    var channels: Int
    var pixels: [UInt8]

    /// Smooth colours with a little reproducible noise: like a photograph, bad for Flate and good for JPEG.
    static func photo(_ width: Int, _ height: Int, channels: Int = 3, seed: UInt32 = 1) -> Picture {
        var state = seed
        var pixels: [UInt8] = []
        pixels.reserveCapacity(width * height * channels)
        for y in 0..<height {
            for x in 0..<width {
                for channel in 0..<channels {
                    state = state &* 1_664_525 &+ 1_013_904_223
                    let wave = 110 + 90 * (x * (channel + 2) / 7 % 120 + y % 90) / 210
                    pixels.append(UInt8(wave + Int(state >> 29)))
                }
            }
        }
        return Picture(width: width, height: height, channels: channels, pixels: pixels)
    }

    /// A few flat colours in blocks: like a diagram.
    static func diagram(_ width: Int, _ height: Int, channels: Int = 3, colours: Int = 5) -> Picture {
        var pixels: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                let colour = (x / 13 + y / 9 * 3) % colours
                for channel in 0..<channels { pixels.append(UInt8(colour * 40 + channel * 20)) }
            }
        }
        return Picture(width: width, height: height, channels: channels, pixels: pixels)
    }

    func jpeg(quality: Int = 95) -> [UInt8] {
        collect { out, count in
            var message = [CChar](repeating: 0, count: Int(CCODECS_MESSAGE))
            return ccodecs_jpeg_encode(
                pixels, Int32(width), Int32(height), Int32(channels), Int32(quality), 0, out, count, &message)
        }
    }

    /// `nil` when the bytes are no sound JPEG.
    static func decode(jpeg bytes: [UInt8]) -> Picture? {
        var facts = ccodecs_jpeg_info()
        var message = [CChar](repeating: 0, count: Int(CCODECS_MESSAGE))
        guard ccodecs_jpeg_inspect(bytes, bytes.count, &facts, &message) == CCODECS_OK else { return nil }
        let (width, height, channels) = (Int(facts.width), Int(facts.height), Int(facts.components))
        var pixels = [UInt8](repeating: 0, count: width * height * channels)
        let code = ccodecs_jpeg_decode(bytes, bytes.count, 1, Int32(channels), &pixels, pixels.count, &message)
        return code == CCODECS_OK ? Picture(width: width, height: height, channels: channels, pixels: pixels) : nil
    }

    /// Mean absolute difference of all samples; `nil` when the sizes differ.
    func difference(from other: Picture) -> Double? {
        guard (width, height, channels) == (other.width, other.height, other.channels) else { return nil }
        let sum = zip(pixels, other.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        return Double(sum) / Double(pixels.count)
    }
}

/// Calls a codec of the shim and takes over its malloc'ed result; empty when it failed.
func collect(
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>, UnsafeMutablePointer<Int>) -> Int32
) -> [UInt8] {
    var bytes: UnsafeMutablePointer<UInt8>?
    var count = 0
    guard body(&bytes, &count) == CCODECS_OK else { return [] }
    defer { free(bytes) }
    return Array(UnsafeBufferPointer(start: bytes, count: count))
}

func deflated(_ bytes: [UInt8], level: Int32 = 6) -> [UInt8] {
    let compressor = ccodecs_deflater_new(level)
    defer { ccodecs_deflater_free(compressor) }
    var packed = [UInt8](repeating: 0, count: ccodecs_deflate_bound(compressor, bytes.count))
    let count = ccodecs_deflate(compressor, bytes, bytes.count, &packed, packed.count)
    return Array(packed.prefix(count))
}

func inflated(_ bytes: [UInt8]) -> [UInt8] {
    collect { ccodecs_inflate(bytes, bytes.count, 1 << 28, 0, $0, $1) }
}
