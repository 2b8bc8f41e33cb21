"""Access tokens (after RFC 9068): people are who auth's signature says they are."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from jwt.algorithms import OKPAlgorithm
from marshmallow import EXCLUDE, Schema, ValidationError
from marshmallow.fields import AwareDateTime

from chassis import ids
from chassis.errors import Unauthenticated
from chassis.identity import ANYONE, Actor
from chassis.json_fields import Boolean, Identity, Text, Tuple

ISSUER = "ai-studio/auth"
AUDIENCE = "ai-studio"
TYPE = "at+jwt"  # of a token: another that these keys sign, for a mail say, lets nobody in
LIFETIME = timedelta(seconds=300)
ALGORITHM = "EdDSA"  # the only one accepted: what a token's header claims is not asked
LEEWAY = timedelta(seconds=5)


class AccessTokens:
    """Verifies access tokens with the public keys from the configuration (current and next)."""

    def __init__(self, public_keys: Mapping[str, str]) -> None:
        """`public_keys`: key id -> PEM of an Ed25519 public key."""
        self.keys = {kid: _public(pem) for kid, pem in public_keys.items()}

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return what verifies with the keys of a JSON object, key id -> PEM."""
        return cls(json.loads(text))

    def jwks(self) -> list[dict[str, Any]]:
        """Return the keys as others can use them (RFC 8037)."""
        return [
            {**OKPAlgorithm.to_jwk(key, as_dict=True), "kid": kid, "alg": ALGORITHM, "use": "sig"}
            for kid, key in self.keys.items()
        ]

    def actor(self, token: str | None, at: datetime) -> Actor:
        """Return who the token speaks for; `ANYONE` without a token.

        Raises `Unauthenticated` for a token that is expired, forged or not one at all.
        """
        if token is None:
            return ANYONE
        if not isinstance(token, str):
            raise Unauthenticated("chassis.token_invalid", "the access token is not a string")
        claims = self._claims(token, at)
        return Actor(
            kind="person",
            id=str(claims["sub"]),
            workspace_id=claims["wid"],
            role=claims["role"],
            is_system_admin=claims["adm"],
            session_id=claims["sid"],
            impersonated_by=claims["imp"],
            authenticated_at=claims["auth_time"],
            amr=claims["amr"],
            issued_at=claims["iat"],
        )

    def _claims(self, token: str, at: datetime) -> dict[str, Any]:
        try:
            key = self.keys[jwt.get_unverified_header(token)["kid"]]
            told = jwt.decode_complete(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                # the time is the caller's, so that a test may choose it
                options={"verify_exp": False, "verify_iat": False},
            )
            claims: dict[str, Any] = _CLAIMS.load(told["payload"])
        except (jwt.PyJWTError, KeyError, UnicodeError, OverflowError, ValidationError):
            raise _invalid() from None
        if told["header"].get("typ") != TYPE:
            raise _invalid()
        if claims["exp"] <= at:
            raise Unauthenticated("chassis.token_expired", "the access token has expired")
        if claims["iat"] > at + LEEWAY:
            raise _invalid()
        return claims


class TokenIssuer:
    """Signs access tokens: auth alone has the private key."""

    def __init__(self, key_id: str, private_key: str) -> None:
        """`private_key`: PEM of an Ed25519 private key."""
        key = load_pem_private_key(private_key.encode(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise TypeError("access tokens are signed with an Ed25519 key")
        self.key_id, self.key = key_id, key

    def issue(self, actor: Actor, at: datetime, until: datetime | None = None) -> str:
        """Return an access token (JWT) for a person with a session: for 300 s, or `until` then."""
        since = actor.authenticated_at
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": actor.id,
            "sid": str(actor.session_id),
            "wid": str(actor.workspace_id) if actor.workspace_id else None,
            "role": actor.role,
            "adm": actor.is_system_admin,
            "imp": str(actor.impersonated_by) if actor.impersonated_by else None,
            # of this size a float tells one microsecond from the next, and is read back as it was
            "iat": at.timestamp(),
            "exp": (until or at + LIFETIME).timestamp(),
            "jti": str(ids.fresh()),
            "auth_time": since.timestamp() if since else None,
            "amr": actor.amr,
        }
        headers = {"kid": self.key_id, "typ": TYPE}
        return jwt.encode(claims, self.key, algorithm=ALGORITHM, headers=headers)

    def derived(self, purpose: str) -> bytes:
        """Return a key of 256 bits for something else, which tells nothing of the private one."""
        secret = self.key.private_bytes_raw()
        return HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret)


def new_key_pair() -> tuple[str, str]:
    """Return a private and a public Ed25519 key, each as PEM."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


def _invalid() -> Unauthenticated:
    return Unauthenticated("chassis.token_invalid", "no valid access token")


def _public(pem: str) -> Ed25519PublicKey:
    key = load_pem_public_key(pem.encode())
    if not isinstance(key, Ed25519PublicKey):
        raise TypeError("access tokens are verified with Ed25519 keys")
    return key


def _moment(**options: Any) -> AwareDateTime:
    """Return the field of a NumericDate, exact to the microsecond."""
    return AwareDateTime(format="timestamp", default_timezone=UTC, required=True, **options)


_CLAIMS = Schema.from_dict(
    {
        "sub": Identity(required=True),
        "sid": Identity(required=True),
        "wid": Identity(required=True, allow_none=True),
        "role": Text(required=True, allow_none=True),
        "adm": Boolean(required=True),
        "imp": Identity(required=True, allow_none=True),
        "iat": _moment(),
        "exp": _moment(),
        "jti": Text(required=True),
        "auth_time": _moment(allow_none=True),
        "amr": Tuple(Text(), required=True),
    }
)(unknown=EXCLUDE)  # `iss` and `aud` have been looked at
