/// Writes HCL exactly as `terraform fmt` would leave it.
package struct HCLWriter {
    package private(set) var text = ""

    package init() {}

    package mutating func comment(_ line: String) { text += "# \(line)\n" }
    package mutating func blankLine() { text += "\n" }

    package mutating func block(_ block: HCLBlock, depth: Int = 0) {
        let labels = block.labels.map { " " + Self.quoted($0) }.joined()
        text += "\(Self.indent(depth))\(block.type)\(labels) {\n"
        var run: [HCLField] = []
        for item in block.items {
            if case .attribute(let field) = item {
                run.append(field)
                continue
            }
            fields(run, depth: depth + 1)
            run = []
            switch item {
            case .attribute: break
            case .blankLine: blankLine()
            case .block(let inner): self.block(inner, depth: depth + 1)
            }
        }
        fields(run, depth: depth + 1)
        text += "\(Self.indent(depth))}\n"
    }

    /// Lines that follow each other share the column of `=`; a value over several lines has none and ends the run.
    private mutating func fields(_ fields: [HCLField], depth: Int) {
        text += Self.lines(fields.map { ($0.name, $0.value) }, depth: depth)
    }

    private static func lines(_ pairs: [(name: String, value: HCLValue)], depth: Int) -> String {
        let rendered = pairs.map { (name: $0.name, value: value($0.value, depth: depth)) }
        var result = ""
        for part in rendered.runs(whereSplit: { $0.value.contains("\n") }) {
            let width = part.map(\.name.count).max() ?? 0
            for (name, value) in part {
                let padding = String(repeating: " ", count: width - name.count)
                result += "\(indent(depth))\(name)\(padding) = \(value)\n"
            }
        }
        return result
    }

    static func value(_ value: HCLValue, depth: Int) -> String {
        switch value {
        case .string(let text): return quoted(text)
        case .integer(let number): return String(number)
        case .number(let number): return Int(exactly: number).map(String.init) ?? String(number)
        case .boolean(let flag): return flag ? "true" : "false"
        case .expression(let code): return code
        case .call(let name, let argument): return "\(name)(\(self.value(argument, depth: depth)))"
        case .list(let elements): return list(elements, depth: depth)
        case .object(let fields): return body(fields.map { (key($0.name), $0.value) }, depth: depth)
        case .references(let fields): return body(fields.map { ($0.name, $0.value) }, depth: depth)
        }
    }

    private static func body(_ pairs: [(name: String, value: HCLValue)], depth: Int) -> String {
        pairs.isEmpty ? "{}" : "{\n\(lines(pairs, depth: depth + 1))\(indent(depth))}"
    }

    private static func list(_ elements: [HCLValue], depth: Int) -> String {
        let rendered = elements.map { value($0, depth: depth + 1) }
        guard rendered.contains(where: { $0.contains("\n") }) else { return "[\(rendered.joined(separator: ", "))]" }
        return "[\n" + rendered.map { "\(indent(depth + 1))\($0),\n" }.joined() + "\(indent(depth))]"
    }

    /// A key of an object: bare when it is an identifier, quoted otherwise.
    static func key(_ name: String) -> String {
        isIdentifier(name) ? name : quoted(name)
    }

    /// By hand: it is asked for every key, and an expression is parsed anew each time.
    private static func isIdentifier(_ name: String) -> Bool {
        guard let first = name.utf8.first, isLetter(first) || first == UInt8(ascii: "_") else { return false }
        return name.utf8.allSatisfy {
            isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// A string literal that means `text` and nothing else: no escape, interpolation or directive survives.
    package static func quoted(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        var result = "\""
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "$", "%":
                let opensTemplate = index + 1 < scalars.count && scalars[index + 1] == "{"
                result += opensTemplate ? "\(scalar)\(scalar)" : "\(scalar)"
            default:
                if scalar.value < 0x20 || scalar.value == 0x7F {
                    let digits = String(scalar.value, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }

    private static func indent(_ depth: Int) -> String { String(repeating: "  ", count: depth) }
}

extension Array {
    /// Cuts the array so that each element for which `isAlone` holds stands by itself.
    fileprivate func runs(whereSplit isAlone: (Element) -> Bool) -> [[Element]] {
        var result: [[Element]] = []
        var isOpen = false
        for element in self {
            if isAlone(element) {
                result.append([element])
                isOpen = false
            } else if isOpen {
                result[result.count - 1].append(element)
            } else {
                result.append([element])
                isOpen = true
            }
        }
        return result
    }
}
