let postgresRules: [PolicyRule] = [
    PolicyRule(
        "postgres.encrypted", on: database,
        says: PolicyText(
            "databases are encrypted at rest", why: "whoever gets a disk or a snapshot reads every row",
            fix: "storage_encrypted = true; an unencrypted server must be restored from an encrypted copy",
            reference: "AWS FSBP RDS.3")
    ) { server, _ in server.values.faults("storage_encrypted", .isTrue) },
    PolicyRule(
        "postgres.private", on: ["aws_db_instance", "aws_rds_cluster_instance"],
        says: PolicyText(
            "databases have no public address", why: "the server can be reached, and guessed at, from the internet",
            fix: "publicly_accessible = false", reference: "AWS FSBP RDS.2")
    ) { server, _ in server.values.faults("publicly_accessible", .isFalse) },
    PolicyRule(
        "postgres.backups", on: database,
        says: PolicyText(
            "databases can be restored to any moment of the last 7 days, in critical environments of the last 14",
            why: "a mistake that is found late cannot be undone",
            fix: "backup_retention_period = 7 or more (14 in a critical environment)", reference: "AWS FSBP RDS.11")
    ) { server, scope in
        server.isReplica
            ? [] : server.values.faults("backup_retention_period", .atLeast(scope.protection == .critical ? 14 : 7))
    },
    PolicyRule(
        "postgres.deletion_protection", in: [.critical], on: database,
        says: PolicyText(
            "databases of critical environments refuse to be deleted", why: "one wrong apply removes the database",
            fix: "deletion_protection = true", reference: "AWS FSBP RDS.8")
    ) { server, _ in server.values.faults("deletion_protection", .isTrue) },
    PolicyRule(
        "postgres.multi_az", in: [.critical], on: ["aws_db_instance"],
        says: PolicyText(
            "databases of critical environments have a standby in a second zone",
            why: "the loss of one zone stops the database until somebody restores it", fix: "multi_az = true",
            reference: "AWS FSBP RDS.5")
    ) { server, _ in server.isReplica ? [] : server.values.faults("multi_az", .isTrue) },
    PolicyRule(
        "postgres.force_ssl", on: ["aws_db_parameter_group", "aws_db_instance"],
        says: PolicyText(
            "PostgreSQL refuses sessions without TLS",
            why: "a client that does not ask for TLS sends passwords in clear",
            fix: "a parameter group of its own, with parameter { name = \"rds.force_ssl\" value = \"1\" }",
            reference: "AWS FSBP RDS.38")
    ) { resource, scope in
        resource.type == "aws_db_instance" ? defaultGroupFaults(resource, scope) : forceSSLFaults(resource)
    },
    PolicyRule(
        "postgres.password", on: ["aws_db_instance", "aws_rds_cluster"],
        says: PolicyText(
            "no database password is known to Terraform", why: "it stands in clear in the state and in every plan",
            fix: "manage_master_user_password = true, or password_wo", reference: "AWS FSBP RDS.3, CWE-312")
    ) { server, _ in
        ["password", "master_password"].flatMap { argument in
            server.values.at(argument).isUnknown || !server.values.at(argument).value.isNothing
                ? server.faults(argument, .absent).map(\.withoutValue) : []
        }
    },
]

private let database: Set = ["aws_db_instance", "aws_rds_cluster"]

extension PolicyResource {
    /// A read replica has the backups and the standby of its primary.
    fileprivate var isReplica: Bool {
        let source = values.at("replicate_source_db")
        return source.isUnknown ? isConfigured("replicate_source_db") : !source.value.isNothing
    }
}

private func defaultGroupFaults(_ server: PolicyResource, _ scope: PolicyScope) -> [PolicyFault] {
    let isPostgres = server.values.known("engine").string?.contains("postgres") ?? true
    // A replica has the group of its primary unless it names one.
    let argument = "parameter_group_name"
    switch server.values.known(argument) {
    case .value(.string(let group)) where !group.isEmpty:
        return group.hasPrefix("default.")
            ? [.broken("it uses the parameter group \(group), which cannot be changed")] : []
    case .unknown where server.declaration == nil:
        return server.isReplica || !isPostgres ? [] : [.unknown("\(argument) is known only after apply")]
    case .unknown where server.isConfigured(argument):
        let sources = scope.references.sources(of: server, argument)
        let isOwn =
            sources.isComplete && !sources.resources.isEmpty
            && sources.resources.allSatisfy { $0.type == "aws_db_parameter_group" && !$0.isData }
        return isOwn || !isPostgres ? [] : [.unknown("\(argument) is known only after apply")]
    default:
        return server.isReplica || !isPostgres ? [] : [.broken("it uses the default group, which cannot be changed")]
    }
}

private func forceSSLFaults(_ group: PolicyResource) -> [PolicyFault] {
    guard group.values.known("family").string?.hasPrefix("postgres") != false else { return [] }
    guard let parameters = group.values.blocks("parameter") else {
        return [.unknown("the parameters are known only after apply")]
    }
    guard let parameter = parameters.first(where: { $0.known("name").string == "rds.force_ssl" }) else {
        return [.broken("rds.force_ssl is not set")]
    }
    return parameter.faults("value", .oneOf(["1"]))
}
