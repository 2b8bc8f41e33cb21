"""What auth's methods need besides the database."""

from auth.secret_keys import SecretKeys
from chassis.domain import value
from chassis.door.tokens import TokenIssuer
from gateways.port import Blobs


@value
class Tools:
    """Who signs access tokens, what encrypts second factors, the store of logos, what is set."""

    issuer: TokenIssuer
    keys: SecretKeys
    admins_need_a_code: bool  # a system admin who has shown none is none to anybody
    blobs: Blobs
    branding_needs_enterprise: bool
    impersonation_notice: bool  # whether somebody is told that an admin acts as them
