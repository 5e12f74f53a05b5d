"""Route 53: a zone that is there from the start, as a zone is in an account before any stack of ours."""

from moto.core import DEFAULT_ACCOUNT_ID
from moto.route53.models import route53_backends

ZONE = "Z0123456789EXAMPLE"
DOMAIN = "example.com."


def install() -> None:
    backend = route53_backends[DEFAULT_ACCOUNT_ID]["aws"]
    zone = backend.create_hosted_zone(name=DOMAIN, private_zone=False, comment="the emulator's own zone")
    del backend.zones[zone.resource_id]
    zone.resource_id = ZONE
    backend.zones[ZONE] = zone
