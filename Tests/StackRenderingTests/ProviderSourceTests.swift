import StackRendering
import Testing

@Suite struct ProviderSourceTests {
    private func discover(
        _ environment: [String: String] = [:], files: Set<String> = [], mirrors: Set<String> = [],
        content: String = "5.100.0"
    ) -> ProviderSource {
        let disk = ProviderSource.Disk(
            isFile: { files.contains($0) },
            isFolder: { path in mirrors.contains { path == "\($0)/registry.terraform.io/hashicorp/aws" } },
            children: { path in
                if path.hasSuffix("/registry.terraform.io/hashicorp/aws") { return [content] }
                return mirrors.filter { $0.hasPrefix("\(path)/") }.map { String($0.dropFirst(path.count + 1)) } + [
                    "other"
                ]
            })
        return ProviderSource.discover(environment: environment, version: "5.100.0", on: disk)
    }

    @Test func withoutAnythingTheRegistryIsAsked() {
        #expect(discover() == .registry)
        #expect(discover().configuration == nil)
    }

    @Test func aConfigurationOfTheUserIsLeftAlone() {
        let found = discover(
            ["TF_CLI_CONFIG_FILE": "/etc/tf.rc", "HOME": "/home/a"], files: ["/etc/tf.rc"], mirrors: ["/opt/m"])
        #expect(found == .configured(path: "/etc/tf.rc"))
        #expect(
            discover(["HOME": "/home/a"], files: ["/home/a/.terraformrc"], mirrors: ["/opt/m"])
                == .configured(path: "/home/a/.terraformrc"))
    }

    @Test func aConfigurationThatDoesNotExistIsForgotten() {
        #expect(discover(["TF_CLI_CONFIG_FILE": "/gone"], mirrors: ["/opt/any-name"]) == .mirror(path: "/opt/any-name"))
    }

    @Test(arguments: [
        (["OPSCTL_TERRAFORM_MIRROR": "/srv/m"], "/srv/m"),
        (["HOME": "/home/a"], "/home/a/.terraform.d/plugins"),
        (["HOME": "/home/a"], "/home/a/.local/share/terraform/plugins"),
        (["XDG_DATA_HOME": "/data"], "/data/terraform/plugins"),
        (["XDG_DATA_DIRS": "/x:/y"], "/y/terraform/plugins"),
        ([:], "/usr/local/share/terraform/plugins"),
        ([:], "/usr/share/terraform/plugins"),
        (["TF_PLUGIN_CACHE_DIR": "/cache"], "/cache"),
        ([:], "/usr/local/share/providers"),
        ([:], "/usr/share/providers"),
        ([:], "/var/lib/providers"),
    ])
    func aFolderThatHoldsTheProviderIsFound(_ environment: [String: String], _ folder: String) {
        #expect(discover(environment, mirrors: [folder]) == .mirror(path: folder))
    }

    @Test func theNamedFolderWinsOverAFoundOne() {
        let found = discover(["OPSCTL_TERRAFORM_MIRROR": "/srv/m"], mirrors: ["/srv/m", "/opt/m"])
        #expect(found == .mirror(path: "/srv/m"))
        #expect(found.configuration?.contains(#"path    = "/srv/m""#) == true)
    }

    @Test func aMirrorOfAnotherVersionIsPassedOver() {
        #expect(discover(mirrors: ["/opt/m"], content: "4.0.0") == .registry)
        #expect(
            discover(mirrors: ["/opt/m"], content: "terraform-provider-aws_5.100.0_linux_amd64.zip")
                == .mirror(path: "/opt/m"))
    }
}
