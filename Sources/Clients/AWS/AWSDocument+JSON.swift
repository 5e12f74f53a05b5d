import Foundation

extension AWSDocument {
    /// Reads JSON; null is left out. - Throws: `AWSError.unreadable`.
    package init(json bytes: some Sequence<UInt8>, action: String) throws(AWSError) {
        let data = Data(bytes)
        do {
            self.init("", json: try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed))
        } catch {
            throw .unreadable(action: action, why: "no JSON: \(String(decoding: data.prefix(80), as: UTF8.self))")
        }
    }

    private init(_ name: String, json value: Any) {
        switch value {
        case let text as String: self.init(name, text: text)
        case let object as [String: Any]:
            let members = object.filter { !($0.value is NSNull) }.sorted { $0.key < $1.key }
            self.init(name, children: members.map { AWSDocument($0.key, json: $0.value) })
        case let array as [Any]: self.init(name, children: array.map { AWSDocument("member", json: $0) })
        // Foundation keeps JSON booleans in the class of numbers; the type code tells them apart.
        case let number as NSNumber where String(cString: number.objCType) == "c":
            self.init(name, text: number.boolValue ? "true" : "false")
        case let number as NSNumber: self.init(name, text: number.stringValue)
        default: self.init(name)
        }
    }
}
