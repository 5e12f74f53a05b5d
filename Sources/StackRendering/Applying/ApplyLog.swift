import Foundation

/// What Terraform's machine-readable log says of an apply. The log is a file, so that an apply outlives whoever started it,
/// and whoever comes later can read how it went.
///
/// Format: <https://developer.hashicorp.com/terraform/internals/machine-readable-ui>.
package struct ApplyLog: Sendable, Equatable {
    package struct Summary: Codable, Sendable, Equatable {
        package let add: Int
        package let change: Int
        package let remove: Int
    }

    /// One line worth telling.
    package enum Event: Sendable, Equatable {
        case began(address: String, action: String)
        case completed(address: String, action: String, seconds: Int)
        case failed(address: String, action: String)
    }

    /// Addresses that were completed, in their order.
    package private(set) var completed: [String] = []
    /// Addresses that were begun and neither completed nor failed.
    package private(set) var underWay: [String] = []
    package private(set) var errors: [String] = []
    /// Only there once everything is done.
    package private(set) var summary: Summary?

    package init() {}

    package init(text: String) {
        for line in text.split(whereSeparator: \.isNewline) { _ = take(String(line)) }
    }

    /// Reads one line. - Returns: what there is to tell of it.
    package mutating func take(_ line: String) -> Event? {
        let entry: Entry
        do { entry = try JSONDecoder().decode(Entry.self, from: Data(line.utf8)) } catch {
            return nil  // not of the log: a crash of a provider, for example; without a summary nothing counts as done
        }
        switch entry.type {
        case "change_summary":
            if let changes = entry.changes, changes.operation == "apply" {
                summary = Summary(add: changes.add, change: changes.change, remove: changes.remove)
            }
        case "diagnostic":
            if let diagnostic = entry.diagnostic, diagnostic.isError { errors.append(diagnostic.text) }
        case "apply_start", "apply_complete", "apply_errored": return entry.hook.flatMap { take($0, entry.type) }
        default: break
        }
        return nil
    }

    private mutating func take(_ hook: Entry.Hook, _ type: String) -> Event {
        let (address, action) = (hook.resource.addr, hook.action)
        if type == "apply_start" {
            underWay.append(address)
            return .began(address: address, action: action)
        }
        underWay.removeAll { $0 == address }
        guard type == "apply_complete" else { return .failed(address: address, action: action) }
        completed.append(address)
        return .completed(address: address, action: action, seconds: Int(hook.elapsed ?? 0))
    }
}

extension ApplyLog {
    fileprivate struct Entry: Decodable {
        struct Hook: Decodable {
            struct Resource: Decodable { let addr: String }
            let resource: Resource
            let action: String
            let elapsed: Double?

            private enum CodingKeys: String, CodingKey {
                case resource, action
                case elapsed = "elapsed_seconds"
            }
        }
        struct Changes: Decodable {
            let add: Int
            let change: Int
            let remove: Int
            let operation: String
        }

        let type: String
        let hook: Hook?
        let changes: Changes?
        let diagnostic: TerraformMessage?
    }
}

extension TerraformMessage {
    /// Summary and detail on one line.
    var text: String {
        ([summary] + [detail ?? ""].filter { !$0.isEmpty }).joined(separator: ": ")
            .split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
