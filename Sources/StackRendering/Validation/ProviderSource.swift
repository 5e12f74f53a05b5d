/// Where Terraform gets the AWS provider from.
package enum ProviderSource: Sendable, Equatable {
    /// The user's own CLI configuration says so; it is left alone.
    case configured(path: String)
    /// A folder that holds the pinned version.
    case mirror(path: String)
    /// registry.terraform.io.
    case registry

    /// The three questions that discovery asks a disk.
    package struct Disk: Sendable {
        package let isFile: @Sendable (String) -> Bool
        package let isFolder: @Sendable (String) -> Bool
        package let children: @Sendable (String) -> [String]

        package init(
            isFile: @escaping @Sendable (String) -> Bool, isFolder: @escaping @Sendable (String) -> Bool,
            children: @escaping @Sendable (String) -> [String]
        ) {
            (self.isFile, self.isFolder, self.children) = (isFile, isFolder, children)
        }
    }

    static let provider = "registry.terraform.io/hashicorp/aws"

    /// A CLI configuration that exists wins, then the first folder that holds `version`, then the registry.
    package static func discover(environment: [String: String], version: String, on disk: Disk) -> ProviderSource {
        let configurations = [environment["TF_CLI_CONFIG_FILE"], environment["HOME"].map { "\($0)/.terraformrc" }]
        if let path = configurations.lazy.compactMap({ $0 }).first(where: disk.isFile) {
            return .configured(path: path)
        }
        let candidates =
            namedFolders(environment)
            + unnamedParents.flatMap { parent in
                disk.children(parent).sorted().map { "\(parent)/\($0)" }
            }
        return candidates.first { holds(version, $0, disk) }.map(ProviderSource.mirror) ?? .registry
    }

    /// Parents whose direct children may be a mirror under any name.
    private static let unnamedParents = ["/opt", "/usr/local/share", "/usr/share", "/var/lib"]

    private static func namedFolders(_ environment: [String: String]) -> [String] {
        let home = environment["HOME"]
        let dataHome = nonEmpty(environment["XDG_DATA_HOME"]) ?? home.map { "\($0)/.local/share" }
        let dataFolders = (nonEmpty(environment["XDG_DATA_DIRS"]) ?? "/usr/local/share:/usr/share").split(
            separator: ":")
        let implied = [home.map { "\($0)/.terraform.d/plugins" }, dataHome.map { "\($0)/terraform/plugins" }]
        return [nonEmpty(environment["OPSCTL_TERRAFORM_MIRROR"])].compactMap { $0 } + implied.compactMap { $0 }
            + dataFolders.map { "\($0)/terraform/plugins" }
            + ["/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins"]
            + [nonEmpty(environment["TF_PLUGIN_CACHE_DIR"])].compactMap { $0 }
    }

    private static func nonEmpty(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }

    /// An unpacked `<version>/` or a packed `terraform-provider-aws_<version>_<platform>.zip`.
    private static func holds(_ version: String, _ folder: String, _ disk: Disk) -> Bool {
        let place = "\(folder)/\(provider)"
        guard disk.isFolder(place) else { return false }
        return disk.children(place).contains { $0 == version || $0.hasPrefix("terraform-provider-aws_\(version)_") }
    }

    /// The CLI configuration to run Terraform with; nil leaves it to its own.
    package var configuration: String? {
        guard case .mirror(let path) = self else { return nil }
        return """
            provider_installation {
              filesystem_mirror {
                path    = \(HCLWriter.quoted(path))
                include = ["\(Self.provider)"]
              }
              direct {
                exclude = ["\(Self.provider)"]
              }
            }

            """
    }

    package var text: String {
        switch self {
        case .configured(let path): "as \(path) says"
        case .mirror(let path): "mirror \(path)"
        case .registry: "registry.terraform.io"
        }
    }
}
