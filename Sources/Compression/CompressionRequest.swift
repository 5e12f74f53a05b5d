/// One file to make smaller.
package struct CompressionRequest: Codable, Sendable {
    package var inputPath: String
    package var outputPath: String
    package var kind: MediaKind
    package var preset: CompressionPreset

    package init(inputPath: String, outputPath: String, kind: MediaKind, preset: CompressionPreset = .balanced) {
        (self.inputPath, self.outputPath, self.kind, self.preset) = (inputPath, outputPath, kind, preset)
    }

    private enum CodingKeys: String, CodingKey {
        case inputPath = "input_path"
        case outputPath = "output_path"
        case kind, preset
    }
}
