/// What makes Terraform work against an endpoint that is not Amazon's, such as an emulator: given by AWS_ENDPOINT_URL, and
/// laid over the rendered files in the workspace only.
struct EndpointOverride: Sendable {
    static let file = "zz_endpoint_override.tf"

    let endpoint: String

    /// nil when Terraform talks to AWS.
    init?(_ variables: [String: String]) {
        guard let endpoint = variables["AWS_ENDPOINT_URL"], !endpoint.isEmpty else { return nil }
        self.endpoint = endpoint
    }

    /// Buckets by path, for no name below an address resolves; and few retries: what an emulator cannot do, it never can.
    func text(aliases: [String?]) -> String {
        var writer = HCLWriter()
        for alias in aliases {
            writer.block(
                HCLBlock(
                    "provider", ["aws"],
                    (alias.map { [.set("alias", .string($0))] } ?? []) + [
                        .set("s3_use_path_style", .boolean(true)), .set("max_retries", .integer(3)),
                    ]))
        }
        return writer.text
    }
}
