package enum CompressionOutcome: String, Codable, Sendable { case compressed, untouched }

/// Why the output is the input, byte for byte.
package enum UntouchedReason: String, Codable, Sendable {
    case signed
    case passwordRequired = "password_required"
    case usageRights = "usage_rights"
    case noGain = "no_gain"
}

/// What one kind of change did to all the streams that it was applied to.
package struct TransformTally: Codable, Sendable, Equatable {
    package var name: String
    package var count: Int
    package var before: Int
    package var after: Int

    package init(name: String, count: Int, before: Int, after: Int) {
        (self.name, self.count, self.before, self.after) = (name, count, before, after)
    }
}

/// What happened to one file. `pages` is `nil` for pictures.
package struct CompressionReport: Codable, Sendable, Equatable {
    package var outcome: CompressionOutcome
    package var reason: UntouchedReason?
    package var inputBytes: Int
    package var outputBytes: Int
    package var pages: Int?
    package var imagesExamined: Int
    package var imagesReplaced: Int
    package var transforms: [TransformTally]

    package init(
        outcome: CompressionOutcome, reason: UntouchedReason? = nil, inputBytes: Int, outputBytes: Int,
        pages: Int? = nil, imagesExamined: Int = 0, imagesReplaced: Int = 0, transforms: [TransformTally] = []
    ) {
        (self.outcome, self.reason, self.inputBytes, self.outputBytes) = (outcome, reason, inputBytes, outputBytes)
        (self.pages, self.imagesExamined, self.imagesReplaced) = (pages, imagesExamined, imagesReplaced)
        self.transforms = transforms
    }

    private enum CodingKeys: String, CodingKey {
        case outcome, reason, pages, transforms
        case inputBytes = "input_bytes"
        case outputBytes = "output_bytes"
        case imagesExamined = "images_examined"
        case imagesReplaced = "images_replaced"
    }
}

/// How far a job is: `done` of `total` steps of `stage`.
package struct CompressionProgress: Codable, Sendable, Equatable {
    package var stage: String
    package var done: Int
    package var total: Int

    package init(stage: String, done: Int, total: Int) {
        (self.stage, self.done, self.total) = (stage, done, total)
    }
}
