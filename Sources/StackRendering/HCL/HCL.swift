/// A value of HCL, the language of Terraform files.
package indirect enum HCLValue: Sendable, Equatable {
    case string(String)
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    case list([HCLValue])
    case object([HCLField])
    /// Code as it is, for example `module.network.vpc_id`.
    case expression(String)
    /// A function or type constructor with one argument.
    case call(String, HCLValue)
    /// A map whose keys are references, as `providers` of a module has.
    case references([HCLField])
}

package struct HCLField: Sendable, Equatable {
    package let name: String
    package let value: HCLValue

    package init(_ name: String, _ value: HCLValue) { (self.name, self.value) = (name, value) }
}

package struct HCLBlock: Sendable, Equatable {
    package enum Item: Sendable, Equatable {
        case attribute(HCLField)
        case block(HCLBlock)
        case blankLine
    }

    package let type: String
    package let labels: [String]
    package let items: [Item]

    package init(_ type: String, _ labels: [String] = [], _ items: [Item]) {
        (self.type, self.labels, self.items) = (type, labels, items)
    }
}

extension HCLBlock.Item {
    static func set(_ name: String, _ value: HCLValue) -> Self { .attribute(HCLField(name, value)) }
}
