import Foundation
import ProcessClient
import TestSupport
import Testing

@Suite struct StackRenderCommandTests {
    @Test func theCommittedFilesAreAFreshRenderOfProduction() async throws {
        let result = try await OpsctlBinary.run(
            ["stack", "render", "--env", "production", "--check"], project: OpsctlBinary.repository)
        #expect(result.status == 0, "run: opsctl stack render --env production\n\(result.output)\(result.errors)")
    }

    @Test func everyEnvironmentWithAStackIsRendered() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: "\(OpsctlBinary.repository)/environments")
        let names = try files.filter { $0.hasSuffix(".yaml") }.filter { name in
            try String(contentsOfFile: "\(OpsctlBinary.repository)/environments/\(name)", encoding: .utf8)
                .contains("\nstack:")
        }
        #expect(names == ["production.yaml"], "add the new environment to theCommittedFilesAreAFreshRenderOfProduction")
    }

    @Test func anEditIsStaleUntilItIsRendered() async throws {
        try await ProjectCopy.with(edits: [("backup_days: 14", "backup_days: 21")]) { project in
            let check = try await project.opsctl("stack", "render", "--check")
            #expect(check.status == 1)
            #expect(check.output.contains("~ Stacks/aws/environments/production/data/main.tf"))
            #expect(check.errors.contains("opsctl stack render --env production"))

            let dry = try await project.opsctl("stack", "render", "--dry-run")
            #expect(dry.status == 0)
            #expect(try await project.opsctl("stack", "render", "--check").status == 1)

            let render = try await project.opsctl("stack", "render")
            #expect(render.status == 0)
            #expect(render.output.hasSuffix("0 created, 2 updated, 44 unchanged, 0 deleted, 0 refused\n"))
            #expect(try await project.opsctl("stack", "render", "--check").status == 0)
        }
    }

    @Test func aHandEditIsRefusedAndThenForced() async throws {
        try await ProjectCopy.with { project in
            let path = "Stacks/aws/environments/production/data/main.tf"
            let before = try project.read(path)
            try project.replace("multi_az            = true", with: "multi_az            = false", in: path)
            let refused = try await project.opsctl("stack", "render")
            #expect(refused.status == 3)
            #expect(refused.output.contains("! \(path)  (edited by hand since it was rendered)"))
            #expect(try project.read(path) != before)

            let forced = try await project.opsctl("stack", "render", "--force")
            #expect(forced.status == 0)
            #expect(try project.read(path) == before)
        }
    }

    @Test func aRefusalWritesNothingAtAll() async throws {
        try await ProjectCopy.with(edits: [("cidr: 10.20.0.0/16", "cidr: 10.21.0.0/16")]) { project in
            try project.write("# mine\n", to: "Stacks/aws/environments/production/data/extra.tf")
            let result = try await project.opsctl("stack", "render", "--format", "json")
            #expect(result.status == 3)
            let json = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
            #expect(json["written"] as? Bool == false)
            #expect((json["counts"] as? [String: Int])?["refused"] == 1)
            #expect(try project.read("Stacks/aws/environments/production/network/main.tf").contains("10.20.0.0/16"))
        }
    }

    @Test func anOrphanIsDeleted() async throws {
        try await ProjectCopy.with { project in
            let folder = "Stacks/aws/environments/production"
            try FileManager.default.createDirectory(
                atPath: "\(project.rendered)/old", withIntermediateDirectories: true)
            try project.write("", to: "\(folder)/old/main.tf")
            let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
            try project.replace(
                "\"files\" : {", with: "\"files\" : {\n\"old/main.tf\": \"\(empty)\",", in: "\(folder)/manifest.json")
            let result = try await project.opsctl("stack", "render")
            #expect(result.status == 0)
            #expect(result.output.contains("- \(folder)/old/main.tf"))
            #expect(!FileManager.default.fileExists(atPath: "\(project.rendered)/old"))
        }
    }

    static let mistakes: [(edit: (String, String), evidence: [String])] = [
        (("backup_days: 14", "backup_dayz: 14"), ["environments/production.yaml:", "backup_days"]),
        (("nodes: 2", "nodes: 20"), ["environments/production.yaml:", "stack.redis.nodes", "1 to 6"]),
        (("replicas: 1", "replicas: 0"), ["stack.postgres.replicas", "1 or more"]),
        (("nat: per_az", "nat: single"), ["stack.nat", "write nat: per_az"]),
        (("eu-central-1c]", "eu-west-1c]"), ["stack.availability_zones.2", "eu-central-1a"]),
        (("product: compress", "product: compressions"), ["stack.product", "20"]),
        (("owner: platform", "owner: \"${env:USER}\""), ["stack.owner", "who renders"]),
    ]

    @Test(arguments: mistakes)
    func aMistakeIsNamedWithItsPlaceAndItsFix(_ mistake: (edit: (String, String), evidence: [String])) async throws {
        try await ProjectCopy.with(edits: [mistake.edit]) { project in
            let lines = try project.read("environments/production.yaml").split(
                separator: "\n", omittingEmptySubsequences: false)
            let line = try #require(lines.firstIndex { $0.contains(mistake.edit.1) }) + 1
            let result = try await project.opsctl("stack", "render")
            #expect(result.status == 78)
            #expect(result.output.isEmpty)
            #expect(result.errors.contains(try Regex("environments/production.yaml:\(line):[0-9]+")))
            for evidence in mistake.evidence { #expect(result.errors.contains(evidence)) }
        }
    }

    @Test func aRuleAboutAKeyThatIsNotThereNamesThePlaceWhereItBelongs() async throws {
        try await ProjectCopy.with(edits: [("    multi_az: true\n", "")]) { project in
            let result = try await project.opsctl("stack", "render")
            #expect(result.status == 78)
            #expect(result.errors.contains("stack.postgres.multi_az"))
        }
    }

    @Test func anEnvironmentWithoutAStackIsNamed() async throws {
        try await ProjectCopy.with { project in
            try project.write("version: 1\nprotection: ephemeral\n", to: "environments/production.yaml")
            let result = try await project.opsctl("stack", "render")
            #expect(result.status == 78)
            #expect(result.errors.contains("there is no section `stack`"))
        }
    }

    @Test func checkAndForceExcludeEachOther() async throws {
        #expect(
            try await OpsctlBinary.run(
                ["stack", "render", "--env", "production", "--check", "--force"], project: OpsctlBinary.repository
            ).status == 64)
    }
}
