@testable import StackRendering
import Testing

struct TerraformEnvironmentTests {
    private func variables(_ name: String, _ value: String = "x", endpoint: String? = nil) -> [String: String] {
        Terraform.variables(of: [name: value].merging(endpoint.map { ["AWS_ENDPOINT_URL": $0] } ?? [:]) { $1 })
    }

    @Test(arguments: [
        "AWS_ENDPOINT_URL_S3", "AWS_S3_ENDPOINT", "TF_AWS_STS_ENDPOINT", "TF_LOG", "TF_LOG_PROVIDER_AWS", "TF_LOG_PATH",
        "TF_VAR_network", "TF_REATTACH_PROVIDERS", "TF_WORKSPACE", "TF_CLI_ARGS_plan", "TF_DATA_DIR",
    ])
    func whatWouldChangeWhatTerraformLooksAtIsDropped(_ name: String) {
        #expect(variables(name)[name] == nil)
        #expect(variables(name, endpoint: "http://127.0.0.1:1")[name] == nil)
    }

    @Test(arguments: [
        "AWS_PROFILE", "AWS_EC2_METADATA_SERVICE_ENDPOINT", "AWS_USE_FIPS_ENDPOINT", "TF_PLUGIN_CACHE_DIR",
    ])
    func theRestIsKept(_ name: String) {
        #expect(variables(name)[name] == "x")
    }

    @Test func endpointsOfTheProfileAreIgnoredUnlessOneIsGiven() {
        let ignore = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
        #expect(variables("A")[ignore] == "true")
        #expect(variables("AWS_ENDPOINT_URL", "")[ignore] == "true")
        // With it Terraform would work on AWS while the bundle says otherwise.
        #expect(variables(ignore, "true", endpoint: "http://127.0.0.1:1")[ignore] == nil)
        #expect(variables("A", endpoint: "http://127.0.0.1:1")["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1")
    }
}
