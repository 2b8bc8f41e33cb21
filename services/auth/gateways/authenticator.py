"""What authenticators do: TOTP of RFC 6238 as every app has it, SHA-1, six digits, 30 s."""

import base64
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP

ISSUER = "AI Studio"
STEP_S, DIGITS = 30, 6
SECRET_BYTES = 20  # as many as SHA-1 gives
BESIDE = (0, -1, 1)  # steps: a clock is seldom exact, and a code is typed in its time
RECOVERY_BYTES = 10


def new_secret() -> str:
    """Return a secret of 160 bits in base 32, for an authenticator and ourselves."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def uri(secret: str, account: str) -> str:
    """Return what an authenticator reads as a QR code; `account` is what it shows it as."""
    label = quote(f"{ISSUER}:{account}", safe=":@")
    asked = {"secret": secret, "issuer": ISSUER, "digits": DIGITS, "period": STEP_S}
    return f"otpauth://totp/{label}?{urlencode(asked, quote_via=quote)}"


def code_at(secret: str, at: datetime, *, digits: int = DIGITS) -> str:
    """Return the code that an authenticator shows at that time."""
    return _totp(secret, digits).generate(int(at.timestamp())).decode()


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """Return of which step that code is, of the present one or one beside it; None for none."""
    totp, now = _totp(secret, DIGITS), int(at.timestamp()) // STEP_S
    for step in (now + each for each in BESIDE):
        try:
            totp.verify(code.encode(), step * STEP_S)
        except InvalidToken:
            continue
        return step
    return None


def new_recovery_code() -> str:
    """Return a code of 80 random bits, in four groups: `k2x7-…`."""
    written = base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
    return "-".join(written[each : each + 4] for each in range(0, len(written), 4))


def recovery_code(written: str) -> str:
    """Return a recovery code as it is hashed, however it was typed."""
    return written.replace("-", "").replace(" ", "").lower()


def _totp(secret: str, digits: int) -> TOTP:
    return TOTP(base64.b32decode(secret), digits, SHA1(), STEP_S)  # noqa: S303 - RFC 6238's own
