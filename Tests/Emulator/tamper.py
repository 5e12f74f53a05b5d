#!/usr/bin/env python3
"""Changes one thing by hand, as somebody in the console would, so that drift and probes can be tested.

Each case says what a plan of its layer shows afterwards:
  reverted   in resource_changes: the next apply takes it back (and it also stands in resource_drift)
  rollout's  in resource_drift only, because the rollout owns it (ignore_changes)
  swallowed  in resource_drift only: the next apply writes it into the state, and nothing shows it any more
"""

import argparse
import json
import sys

import boto3

CASES = {}
ACCOUNT = "123456789012"


class Account:
    def __init__(self, endpoint: str, region: str, name: str):
        self.endpoint, self.region, self.name = endpoint, region, name
        self.files = f"{name}-files-{ACCOUNT}-{region}"

    def client(self, service: str, region: str | None = None):
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=region or self.region,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )


def case(name: str, layer: str):
    def register(function):
        CASES[name] = (layer, function)
        return function

    return register


# --- network


@case("open-security-group-rule", "network")
def open_security_group_rule(account: Account) -> str:
    """Reverted: aws_security_group.postgres, ingress."""
    ec2 = account.client("ec2")
    name = f"{account.name}-postgres"
    group = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": [name]}])["SecurityGroups"][0]
    ec2.authorize_security_group_ingress(
        GroupId=group["GroupId"], IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0"
    )
    return f"opened port 22 of {name} to 0.0.0.0/0"


@case("flow-log-deleted", "network")
def flow_log_deleted(account: Account) -> str:
    """Reverted: aws_flow_log.this would be created again."""
    ec2 = account.client("ec2")
    ids = [log["FlowLogId"] for log in ec2.describe_flow_logs()["FlowLogs"]]
    ec2.delete_flow_logs(FlowLogIds=ids)
    return f"deleted flow logs {', '.join(ids)}"


# --- storage


@case("public-access-block-removed", "storage")
def public_access_block_removed(account: Account) -> str:
    """Reverted: aws_s3_bucket_public_access_block.this would be created again."""
    account.client("s3").delete_public_access_block(Bucket=account.files)
    return f"removed the public access block of {account.files}"


@case("versioning-suspended", "storage")
def versioning_suspended(account: Account) -> str:
    """Reverted: aws_s3_bucket_versioning.this, status."""
    account.client("s3").put_bucket_versioning(
        Bucket=account.files, VersioningConfiguration={"Status": "Suspended"}
    )
    return f"suspended versioning of {account.files}"


@case("bucket-policy-without-tls", "storage")
def bucket_policy_without_tls(account: Account) -> str:
    """Reverted: aws_s3_bucket_policy.this, policy."""
    s3 = account.client("s3")
    policy = json.loads(s3.get_bucket_policy(Bucket=account.files)["Policy"])
    kept = [statement for statement in policy["Statement"] if statement["Sid"] != "OnlyOverTls"]
    if kept:
        s3.put_bucket_policy(Bucket=account.files, Policy=json.dumps({**policy, "Statement": kept}))
    else:
        s3.delete_bucket_policy(Bucket=account.files)
    return f"took OnlyOverTls out of the policy of {account.files}"


@case("lifecycle-removed", "storage")
def lifecycle_removed(account: Account) -> str:
    """Reverted: aws_s3_bucket_lifecycle_configuration.this would be created again."""
    account.client("s3").delete_bucket_lifecycle(Bucket=account.files)
    return f"removed the lifecycle of {account.files}"


# --- data


@case("database-backups-shortened", "data")
def database_backups_shortened(account: Account) -> str:
    """Reverted: aws_db_instance.primary, backup_retention_period."""
    return modify_database(account, BackupRetentionPeriod=1)


@case("database-public", "data")
def database_public(account: Account) -> str:
    """Reverted: aws_db_instance.primary, publicly_accessible."""
    return modify_database(account, PubliclyAccessible=True)


@case("database-unprotected", "data")
def database_unprotected(account: Account) -> str:
    """Reverted: aws_db_instance.primary, deletion_protection."""
    return modify_database(account, DeletionProtection=False)


@case("database-authority-changed", "data")
def database_authority_changed(account: Account) -> str:
    """Swallowed: the authority of the server's certificate is left to AWS."""
    return modify_database(account, CACertificateIdentifier="rds-ca-2019")


def modify_database(account: Account, **changes) -> str:
    identifier = f"{account.name}-postgres"
    account.client("rds").modify_db_instance(DBInstanceIdentifier=identifier, ApplyImmediately=True, **changes)
    return f"changed {identifier}: {changes}"


@case("database-tls-optional", "data")
def database_tls_optional(account: Account) -> str:
    """Reverted: aws_db_parameter_group.this, parameter."""
    rds = account.client("rds")
    instance = rds.describe_db_instances(DBInstanceIdentifier=f"{account.name}-postgres")["DBInstances"][0]
    group = instance["DBParameterGroups"][0]["DBParameterGroupName"]
    parameter = {"ParameterName": "rds.force_ssl", "ParameterValue": "0", "ApplyMethod": "pending-reboot"}
    rds.modify_db_parameter_group(DBParameterGroupName=group, Parameters=[parameter])
    return f"set rds.force_ssl of {group} to 0"


@case("redis-tls-optional", "data")
def redis_tls_optional(account: Account) -> str:
    """Reverted: aws_elasticache_replication_group.this, transit_encryption_mode."""
    account.client("elasticache").modify_replication_group(
        ReplicationGroupId=f"{account.name}-redis", TransitEncryptionMode="preferred", ApplyImmediately=True
    )
    return f"{account.name}-redis also takes clients without TLS"


@case("redis-eviction-policy", "data")
def redis_eviction_policy(account: Account) -> str:
    """Reverted: aws_elasticache_parameter_group.this, parameter."""
    elasticache = account.client("elasticache")
    groups = elasticache.describe_cache_parameter_groups()["CacheParameterGroups"]
    name = next(
        group["CacheParameterGroupName"]
        for group in groups
        if group["CacheParameterGroupName"].startswith(f"{account.name}-redis")
    )
    elasticache.modify_cache_parameter_group(
        CacheParameterGroupName=name,
        ParameterNameValues=[{"ParameterName": "maxmemory-policy", "ParameterValue": "allkeys-lru"}],
    )
    return f"set maxmemory-policy of {name} to allkeys-lru"


@case("key-rotation-off", "data")
def key_rotation_off(account: Account) -> str:
    """Reverted: module.postgres.module.key.aws_kms_key.this, enable_key_rotation."""
    kms = account.client("kms")
    alias = f"alias/{account.name}-postgres"
    kms.disable_key_rotation(KeyId=kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyId"])
    return f"{alias} rotates no more"


# --- app


@case("rogue-administrator", "app")
def rogue_administrator(account: Account) -> str:
    """Reverted: aws_iam_role_policy_attachments_exclusive.task, policy_arns."""
    account.client("iam").attach_role_policy(
        RoleName=f"{account.name}-task", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    )
    return f"attached AdministratorAccess to {account.name}-task"


@case("rogue-inline-policy", "app")
def rogue_inline_policy(account: Account) -> str:
    """Reverted: aws_iam_role_policies_exclusive.execution, policy_names."""
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    account.client("iam").put_role_policy(
        RoleName=f"{account.name}-execution", PolicyName="rogue", PolicyDocument=json.dumps(everything)
    )
    return f"put an inline policy on {account.name}-execution"


@case("listener-weights", "app")
def listener_weights(account: Account) -> str:
    """Rollout's: aws_lb_listener.https, default_action. A probe asks for exactly one live slot."""
    elbv2 = account.client("elbv2")
    balancer = elbv2.describe_load_balancers(Names=[account.name])["LoadBalancers"][0]["LoadBalancerArn"]
    listeners = elbv2.describe_listeners(LoadBalancerArn=balancer)["Listeners"]
    listener = next(listener for listener in listeners if listener["Protocol"] == "HTTPS")
    action = listener["DefaultActions"][0]
    for group in action["ForwardConfig"]["TargetGroups"]:
        group["Weight"] = 50
    action.pop("TargetGroupArn", None)
    elbv2.modify_listener(ListenerArn=listener["ListenerArn"], DefaultActions=[action])
    return "gave both slots half of the traffic"


@case("tasks-changed", "app")
def tasks_changed(account: Account) -> str:
    """Rollout's: aws_ecs_service.this["blue"], desired_count."""
    account.client("ecs").update_service(cluster=account.name, service="blue", desiredCount=5)
    return "gave blue five tasks"


@case("shell-allowed", "app")
def shell_allowed(account: Account) -> str:
    """Reverted: aws_ecs_service.this["blue"], enable_execute_command."""
    account.client("ecs").update_service(cluster=account.name, service="blue", enableExecuteCommand=True)
    return "let people into the tasks of blue by a shell"


@case("registry-mutable", "app")
def registry_mutable(account: Account) -> str:
    """Reverted: aws_ecr_repository.this, image_tag_mutability."""
    account.client("ecr").put_image_tag_mutability(repositoryName=account.name, imageTagMutability="MUTABLE")
    return f"tags of {account.name} can be moved"


@case("log-retention-shortened", "app")
def log_retention_shortened(account: Account) -> str:
    """Reverted: aws_cloudwatch_log_group.app, retention_in_days."""
    account.client("logs").put_retention_policy(logGroupName=f"/{account.name}/app", retentionInDays=1)
    return f"/{account.name}/app is kept for one day"


@case("firewall-rule-removed", "app")
def firewall_rule_removed(account: Account) -> str:
    """Reverted: aws_wafv2_web_acl.this, rule."""
    wafv2 = account.client("wafv2")
    found = next(acl for acl in wafv2.list_web_acls(Scope="REGIONAL")["WebACLs"] if acl["Name"] == account.name)
    answer = wafv2.get_web_acl(Name=found["Name"], Id=found["Id"], Scope="REGIONAL")
    acl = answer["WebACL"]
    wafv2.update_web_acl(
        Name=found["Name"],
        Id=found["Id"],
        Scope="REGIONAL",
        DefaultAction=acl["DefaultAction"],
        Description=acl.get("Description", ""),
        Rules=[rule for rule in acl["Rules"] if rule["Name"] != "rate-limit"],
        VisibilityConfig=acl["VisibilityConfig"],
        LockToken=answer["LockToken"],
    )
    return f"took the rate limit out of the firewall {account.name}"


# --- edge


@case("cdn-tls-lowered", "edge")
def cdn_tls_lowered(account: Account) -> str:
    """Reverted: aws_cloudfront_distribution.this, viewer_certificate."""

    def lower(config):
        config["ViewerCertificate"]["MinimumProtocolVersion"] = "TLSv1"

    return change_distribution(account, lower, "takes TLS 1.0")


@case("cdn-unsigned", "edge")
def cdn_unsigned(account: Account) -> str:
    """Reverted: aws_cloudfront_distribution.this, default_cache_behavior."""

    def unsign(config):
        config["DefaultCacheBehavior"]["TrustedKeyGroups"] = {"Enabled": False, "Quantity": 0}

    return change_distribution(account, unsign, "serves files without a signature")


def change_distribution(account: Account, change, what: str) -> str:
    cloudfront = account.client("cloudfront", "us-east-1")
    comment = f"Downloads of {account.name}"
    for found in cloudfront.list_distributions()["DistributionList"]["Items"]:
        answer = cloudfront.get_distribution_config(Id=found["Id"])
        config = answer["DistributionConfig"]
        if config["Comment"] == comment:
            change(config)
            cloudfront.update_distribution(Id=found["Id"], IfMatch=answer["ETag"], DistributionConfig=config)
            return f"{found['Id']} {what}"
    raise SystemExit(f"no distribution has the comment «{comment}»")


# --- observability


@case("alarm-actions-disabled", "observability")
def alarm_actions_disabled(account: Account) -> str:
    """Reverted: aws_cloudwatch_metric_alarm.this["latency-p99-blue"], actions_enabled."""
    name = f"{account.name}-latency-p99-blue"
    account.client("cloudwatch").disable_alarm_actions(AlarmNames=[name])
    return f"{name} tells nobody"


@case("alarm-deleted", "observability")
def alarm_deleted(account: Account) -> str:
    """Reverted: aws_cloudwatch_composite_alarm.burn["fast"] would be created again."""
    name = f"{account.name}-error-budget-fast"
    account.client("cloudwatch").delete_alarms(AlarmNames=[name])
    return f"deleted {name}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--endpoint", help="for example http://127.0.0.1:5600")
    parser.add_argument("--region", default="eu-central-1")
    parser.add_argument("--name", default="compress-production", help="<product>-<environment>")
    parser.add_argument("--case", choices=sorted(CASES))
    parser.add_argument("--list", action="store_true", help="print layer, case and what a plan shows, by tabs")
    options = parser.parse_args()
    if options.list:
        for name, (layer, function) in CASES.items():
            print(layer, name, function.__doc__, sep="\t")
        return 0
    if not options.endpoint or not options.case:
        parser.error("--endpoint and --case are needed")
    print(CASES[options.case][1](Account(options.endpoint, options.region, options.name)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
