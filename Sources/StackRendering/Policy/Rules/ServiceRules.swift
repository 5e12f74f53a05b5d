import Foundation

let serviceRules: [PolicyRule] = [
    containerRule(
        "service.user", "containers do not run as root", why: "a hole in the program is a hole in the host's kernel",
        fix: "user = \"10001\"", reference: "AWS FSBP ECS.20"
    ) { container in
        let user = container["user"]?.string ?? ""
        let name = user.split(separator: ":").first.map(String.init) ?? ""
        return ["", "0", "root"].contains(name) ? "user is \(user.isEmpty ? "not set" : user)" : nil
    },
    containerRule(
        "service.read_only_root", "containers cannot write to their own files",
        why: "an intruder can change the program that runs",
        fix: "readonlyRootFilesystem = true, and a volume for /tmp",
        reference: "AWS FSBP ECS.5"
    ) { $0["readonlyRootFilesystem"] == .boolean(true) ? nil : "readonlyRootFilesystem is not true" },
    containerRule(
        "service.unprivileged", "containers have no rights of the host", why: "an intruder has the host",
        fix: "privileged = false, and linuxParameters.capabilities.add empty", reference: "AWS FSBP ECS.4"
    ) { container in
        if container["privileged"] == .boolean(true) { return "privileged is true" }
        let added = container["linuxParameters"]?["capabilities"]?["add"]?.strings ?? []
        return added.isEmpty ? nil : "it adds the capabilities \(added.joined(separator: ", "))"
    },
    containerRule(
        "service.plain_secret", "containers get secrets from the store",
        why: "whoever may describe the task, or reads the state, has them",
        fix: "`secrets` with valueFrom instead of `environment`", reference: "AWS FSBP ECS.8"
    ) { container in
        let names = (container["environment"]?.elements ?? []).filter(isSecret).compactMap { $0["name"]?.string }
        return names.isEmpty ? nil : "environment holds \(names.sorted().joined(separator: ", "))"
    },
    containerRule(
        "service.pinned_image", "images are named by their digest",
        why: "what runs after a restart may be another program",
        fix: "image = \"REPOSITORY@sha256:DIGEST\"", reference: "docs: opsctl deploy"
    ) { container in
        let image = container["image"]?.string ?? ""
        return image.wholeMatch(of: #/.+@sha256:[0-9a-f]{64}/#) != nil ? nil : "image is \(image)"
    },
    PolicyRule(
        "registry.immutable", on: ["aws_ecr_repository"],
        says: PolicyText(
            "a tag in the registry is never moved", why: "what was tested is not what runs",
            fix: "image_tag_mutability = \"IMMUTABLE\"", reference: "AWS FSBP ECR.2")
    ) { repository, _ in repository.values.faults("image_tag_mutability", .oneOf(["IMMUTABLE"])) },
    PolicyRule(
        "registry.scanned", on: ["aws_ecr_repository"],
        says: PolicyText(
            "images are scanned when they arrive", why: "known holes are deployed without anybody knowing",
            fix: "image_scanning_configuration { scan_on_push = true }", reference: "AWS FSBP ECR.1")
    ) { repository, _ in repository.values.faults("image_scanning_configuration.0.scan_on_push", .isTrue) },
    PolicyRule(
        "edge.tls", on: ["aws_cloudfront_distribution"],
        says: PolicyText(
            "the CDN speaks HTTPS with TLS 1.2 or later", why: "files and signed URLs can be read on the way",
            fix:
                "minimum_protocol_version = \"TLSv1.2_2021\", and viewer_protocol_policy = \"https-only\"",
            reference: "AWS FSBP CloudFront.3, CloudFront.7, CloudFront.10")
    ) { distribution, _ in
        distribution.values.faults(
            "viewer_certificate.0.minimum_protocol_version",
            .oneOf(["TLSv1.2_2018", "TLSv1.2_2019", "TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"]))
            + behaviours(distribution) { behaviour, _ in
                behaviour.faults("viewer_protocol_policy", .oneOf(["https-only", "redirect-to-https"]))
            }
    },
    PolicyRule(
        "edge.signed", on: ["aws_cloudfront_distribution"],
        says: PolicyText(
            "the CDN serves signed URLs only, or says that it is public", why: "whoever guesses a path has the file",
            fix: "trusted_key_groups on every behaviour, or the tag Access = \"public\"",
            reference: "AWS FSBP CloudFront.2")
    ) { distribution, _ in
        if distribution.values.known("tags.Access").string == "public" { return [] }
        return behaviours(distribution) { behaviour, expressions in
            let groups = ["trusted_key_groups", "trusted_signers"].flatMap { behaviour.texts($0) ?? [] }
            let isReferred = behaviour.at("trusted_key_groups").isUnknown && expressions?["trusted_key_groups"] != nil
            return groups.isEmpty && !isReferred ? behaviour.faults("trusted_key_groups", .present) : []
        }
    },
]

/// A rule about each container of each task definition.
private func containerRule(
    _ id: String, _ what: String, why: String, fix: String, reference: String,
    fault: @escaping @Sendable (PlanValue) -> String?
) -> PolicyRule {
    PolicyRule(
        id, on: ["aws_ecs_task_definition"], says: PolicyText(what, why: why, fix: fix, reference: reference)
    ) { task, _ in
        switch task.values.known("container_definitions") {
        case .unknown: return [.unknown("container_definitions is known only after apply")]
        case .value(let value):
            guard let containers = containers(value) else {
                return [.broken("container_definitions is not a list of containers")]
            }
            return containers.compactMap { container in
                fault(container).map { .broken("container \(container["name"]?.string ?? "?"): \($0)") }
            }
        }
    }
}

private func containers(_ value: PlanValue) -> [PlanValue]? {
    guard let text = value.string else { return nil }
    do { return try PlanValueReader.read(text.utf8).elements } catch {
        return nil  // the caller says that it cannot be read
    }
}

/// By its name, or by a password inside a URL.
private func isSecret(_ variable: PlanValue) -> Bool {
    let name = variable["name"]?.string?.uppercased() ?? ""
    let isPointer = ["_FILE", "_PATH", "_ARN", "_NAME", "_ID", "_TTL", "_SECONDS", "_URL_EXPIRY"].contains(
        where: name.hasSuffix)
    let hasName =
        name.firstMatch(of: #/PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|API_?KEY|PRIVATE_?KEY|SIGNING_?KEY/#)
        != nil
    let hasPassword = variable["value"]?.string?.firstMatch(of: #/:\/\/[^\/@:]*:[^\/@]+@/#) != nil
    return hasPassword || (hasName && !isPointer)
}

/// Judges each behaviour of a distribution, with what the files say about it.
private func behaviours(
    _ distribution: PolicyResource, _ judge: (MarkedValue, PlanValue?) -> [PolicyFault]
) -> [PolicyFault] {
    ["default_cache_behavior", "ordered_cache_behavior"].flatMap { name -> [PolicyFault] in
        guard let blocks = distribution.values.blocks(name) else {
            return [.unknown("\(name) is known only after apply")]
        }
        let declared = distribution.declaration?["expressions"]?[name]?.elements ?? []
        return blocks.enumerated().flatMap { judge($0.element, $0.offset < declared.count ? declared[$0.offset] : nil) }
    }
}
