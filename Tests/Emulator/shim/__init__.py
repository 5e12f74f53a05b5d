"""What moto 5.2.1 lacks for the AWS provider 5.100, one module for each service.

Each module patches moto when `install()` is called. A patch is small and says what moto lacks.
"""

from . import autoscaling, clock, cloudfront, cloudwatch, core, ec2, ecs, elasticache, rds, route53, s3

MODULES = (core, clock, ec2, s3, rds, elasticache, autoscaling, cloudfront, cloudwatch, ecs, route53)


def install() -> None:
    for module in MODULES:
        module.install()
