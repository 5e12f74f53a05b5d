#!/usr/bin/env python3
"""Prints what the emulator holds as JSON, for tests that look for secrets: every secret's value, and every state."""

import argparse
import json

import boto3


def client(endpoint: str, service: str):
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name="eu-central-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )


def secrets(endpoint: str) -> list[str]:
    store = client(endpoint, "secretsmanager")
    names = [secret["Name"] for page in store.get_paginator("list_secrets").paginate() for secret in page["SecretList"]]
    values = []
    for name in names:
        try:
            values.append(store.get_secret_value(SecretId=name)["SecretString"])
        except store.exceptions.ResourceNotFoundException:
            pass  # its value is supplied by an operator, and nobody has yet
    return [part for value in values for part in parts(value)]


def parts(value: str) -> list[str]:
    """The password of a secret that RDS wrote; any other as a whole."""
    try:
        return [json.loads(value)["password"]]
    except (ValueError, KeyError, TypeError):
        return [value]


def states(endpoint: str) -> dict[str, str]:
    s3 = client(endpoint, "s3")
    found = {}
    for bucket in s3.list_buckets()["Buckets"]:
        for item in s3.list_objects_v2(Bucket=bucket["Name"]).get("Contents", []):
            if item["Key"].endswith(".tfstate"):
                found[item["Key"]] = s3.get_object(Bucket=bucket["Name"], Key=item["Key"])["Body"].read().decode()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--endpoint", required=True)
    options = parser.parse_args()
    print(json.dumps({"secrets": secrets(options.endpoint), "states": states(options.endpoint)}))


if __name__ == "__main__":
    main()
