/// Turns settings into the root modules that wire the reviewed modules together. The same settings give the same bytes:
/// no date, version or digest of anything else enters a file.
package struct StackRenderer: Sendable {
    /// The provider that the modules are reviewed against; rendered as an exact pin.
    package static let providerVersion = "5.100.0"
    static let modules = "../../../modules"

    let settings: StackSettings

    package init(_ settings: StackSettings) { self.settings = settings }

    /// Every file of the environment but its manifest, in a stable order.
    package func files() -> [RenderedFile] {
        settings.layers.flatMap { layer in
            let parts = parts(of: layer)
            let variables = layer.inputs.map(variable)
            return [
                file(layer, "versions.tf", [versions(layer)]),
                file(layer, "providers.tf", providers(layer)),
                file(layer, "main.tf", parts.modules),
                file(
                    layer, "variables.tf", variables,
                    note: variables.isEmpty ? "This layer needs nothing from another one." : nil),
                file(layer, "outputs.tf", parts.outputs),
            ]
        }
    }

    struct Parts {
        let modules: [HCLBlock]
        let outputs: [HCLBlock]
    }

    private func parts(of layer: StackLayer) -> Parts {
        switch layer {
        case .bootstrap: bootstrapParts()
        case .identity: identityParts()
        case .network: networkParts()
        case .storage: storageParts()
        case .data: dataParts()
        case .supply: supplyParts()
        case .edge: edgeParts()
        case .app: appParts()
        case .observability: observabilityParts()
        }
    }

    private func file(_ layer: StackLayer, _ name: String, _ blocks: [HCLBlock], note: String? = nil) -> RenderedFile {
        var writer = HCLWriter()
        writer.comment(
            "opsctl:generated - edit environments/\(settings.environment).yaml, then: "
                + "opsctl stack render --env \(settings.environment)")
        if let note { writer.comment(note) }
        for block in blocks {
            writer.blankLine()
            writer.block(block)
        }
        return RenderedFile(path: "\(layer.rawValue)/\(name)", text: writer.text)
    }

    private func versions(_ layer: StackLayer) -> HCLBlock {
        HCLBlock(
            "terraform", [],
            [
                .set("required_version", .string(">= 1.11, < 2.0")),
                .blankLine,
                .block(
                    HCLBlock(
                        "required_providers", [],
                        [
                            .set(
                                "aws",
                                .object([
                                    HCLField("source", .string("hashicorp/aws")),
                                    HCLField("version", .string(Self.providerVersion)),
                                ]))
                        ])),
                .blankLine,
                .block(
                    HCLBlock(
                        "backend", ["s3"],
                        [
                            .set("bucket", .string(settings.stateBucket)),
                            .set("key", .string(settings.stateKey(of: layer))),
                            .set("region", .string(settings.region)),
                            .set("allowed_account_ids", .list([.string(settings.accountID)])),
                            .set("encrypt", .boolean(true)),
                            .set("use_lockfile", .boolean(true)),
                        ])),
            ])
    }

    private func providers(_ layer: StackLayer) -> [HCLBlock] {
        settings.providerAliases(of: layer).map { alias in
            provider(layer, region: settings.region(of: alias), alias: alias)
        }
    }

    private func provider(_ layer: StackLayer, region: String, alias: String?) -> HCLBlock {
        let tags = [
            ("CostCentre", settings.costCentre), ("DataClass", settings.dataClass.rawValue),
            ("Environment", layer == .bootstrap ? "shared" : settings.environment), ("Layer", layer.rawValue),
            ("ManagedBy", "opsctl"), ("Owner", settings.owner), ("Product", settings.product),
        ]
        return HCLBlock(
            "provider", ["aws"],
            (alias.map { [.set("alias", .string($0))] } ?? []) + [
                .set("region", .string(region)),
                .set("allowed_account_ids", .list([.string(settings.accountID)])),
                .blankLine,
                .block(
                    HCLBlock(
                        "default_tags", [],
                        [.set("tags", .object(tags.map { HCLField($0.0, .string($0.1)) }))])),
            ])
    }
}
