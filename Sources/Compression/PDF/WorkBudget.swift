/// What one document has used of its limits.
final class WorkBudget {
    let limits: CompressionLimits
    private var bytes = 0
    private var pixels = 0
    private var operators = 0

    init(_ limits: CompressionLimits) { self.limits = limits }

    func spend(bytes count: Int) throws {
        bytes += count
        try require(bytes <= limits.documentBytes, "decoded bytes of the document", bytes)
    }

    /// Call before an image is decoded.
    func spend(width: Int, height: Int) throws {
        let (count, overflows) = width.multipliedReportingOverflow(by: height)
        try require(!overflows && count <= limits.pixelsPerImage, "pixels of one image", "\(width) x \(height)")
        pixels += count
        try require(pixels <= limits.pixelsPerDocument, "decoded pixels of the document", pixels)
    }

    func spendOperator() throws {
        operators += 1
        try require(operators <= limits.operators, "content operators", operators)
    }

    func require(_ holds: Bool, _ limit: String, _ value: some CustomStringConvertible) throws {
        guard holds else { throw CompressionError.limitExceeded(limit: limit, value: value.description) }
    }
}
