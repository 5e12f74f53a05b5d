/// What one file may cost. Beyond any of them the file is refused with `limit_exceeded`.
package struct CompressionLimits: Sendable {
    package var inputBytes = 512 << 20
    /// Decoded pixels of one image.
    package var pixelsPerImage = 100_000_000
    /// Decoded bytes of a PNG, of which several copies are held at a time.
    package var pictureBytes = 160 << 20
    /// Decoded pixels of all images of one document.
    package var pixelsPerDocument = 4_000_000_000
    /// Decoded bytes of one stream.
    package var streamBytes = 256 << 20
    /// Decoded bytes of all streams of one document.
    package var documentBytes = 4 << 30
    package var filterChain = 4
    package var objects = 1_000_000
    package var formDepth = 16
    package var operators = 20_000_000

    package init() {}
}
