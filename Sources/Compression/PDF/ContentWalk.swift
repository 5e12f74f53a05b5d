/// Follows the current transformation matrix through one content stream and reports what is drawn with it.
struct ContentWalk {
    enum Event {
        case draw(String, Matrix)
        case graphicsState(String, Matrix)
        case pattern(String)
    }

    private var lexer: ContentLexer
    private var matrix: Matrix
    private var saved: [Matrix] = []
    private var numbers: [Double] = []
    private var name: String?
    private var hasLostName = false
    private var compatibility = 0
    private var sawUnknown = false

    /// The stream was not understood completely: what it draws may be larger than reported.
    var isSuspicious: Bool { sawUnknown || lexer.isSuspicious }

    init(_ bytes: [UInt8], base: Matrix) {
        lexer = ContentLexer(bytes)
        matrix = base
    }

    mutating func next(_ budget: WorkBudget) throws -> Event? {
        while let token = lexer.next() {
            switch token {
            case .number(let value): if numbers.count < 64 { numbers.append(value) }
            case .name(let value): (name, hasLostName) = (value, value == nil)
            case .other: break
            case .keyword(let word):
                try budget.spendOperator()
                let event = perform(word)
                if word != Self.isTrue && word != Self.isFalse && word != Self.isNull {
                    numbers.removeAll(keepingCapacity: true)
                    (name, hasLostName) = (nil, false)
                }
                if let event { return event }
            }
        }
        return nil
    }

    private mutating func perform(_ word: ContentLexer.Keyword) -> Event? {
        switch word {
        case Self.save:
            if saved.count < 10_000 { saved.append(matrix) } else { sawUnknown = true }
        case Self.restore:
            if let last = saved.popLast() { matrix = last }
        case Self.concatenate:
            if let inner = Matrix(numbers) { matrix = inner.then(matrix) } else { sawUnknown = true }
        case Self.draw: return usedName().map { .draw($0, matrix) }
        case Self.graphicsState: return usedName().map { .graphicsState($0, matrix) }
        case Self.fillPattern, Self.strokePattern: return usedName().map { .pattern($0) }
        case Self.beginCompatibility: compatibility += 1
        case Self.endCompatibility: compatibility -= 1
        default:
            if compatibility <= 0 && !Self.known.contains(word) { sawUnknown = true }
        }
        return nil
    }

    /// The operator's name. One that no lookup can find draws something all the same.
    private mutating func usedName() -> String? {
        if hasLostName { sawUnknown = true }
        return name
    }

    private static let save = ContentLexer.keyword("q")
    private static let restore = ContentLexer.keyword("Q")
    private static let concatenate = ContentLexer.keyword("cm")
    private static let draw = ContentLexer.keyword("Do")
    private static let graphicsState = ContentLexer.keyword("gs")
    private static let fillPattern = ContentLexer.keyword("scn")
    private static let strokePattern = ContentLexer.keyword("SCN")
    private static let beginCompatibility = ContentLexer.keyword("BX")
    private static let endCompatibility = ContentLexer.keyword("EX")
    private static let isTrue = ContentLexer.keyword("true")
    private static let isFalse = packed("false")
    private static let isNull = ContentLexer.keyword("null")

    private static let known: Set<ContentLexer.Keyword> = Set(
        """
        b B b* B* BDC BI BMC BT c CS cs d d0 d1 DP EI EMC ET f F f* G g h i ID j J K k l m M MP n re RG rg ri s S SC sc
        sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y ' " true false null
        """.split(whereSeparator: \.isWhitespace).map { packed(String($0)) })

    private static func packed(_ text: String) -> ContentLexer.Keyword {
        text.utf8.reduce(0) { $0 << 8 | ContentLexer.Keyword($1) }
    }
}
