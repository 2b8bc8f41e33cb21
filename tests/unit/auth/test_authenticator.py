"""An authenticator's codes: RFC 6238's vectors, and others' authenticators in both directions."""

import base64
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from auth.gateways import authenticator

AT = datetime(2026, 3, 1, 12, 0, 15, tzinfo=UTC)  # in the middle of a step
STEP = timedelta(seconds=30)
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    "seconds, code",  # RFC 6238, appendix B, of SHA-1
    [
        (59, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ],
)
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert authenticator.code_at(RFC_SECRET, at, digits=8) == code
    assert authenticator.step_of(RFC_SECRET, code[2:], at) == seconds // 30


def test_another_library_shows_what_is_taken_here_and_takes_what_is_shown() -> None:
    for number in range(50):
        secret, at = authenticator.new_secret(), AT + number * timedelta(hours=7)
        other = pyotp.TOTP(secret)
        assert authenticator.step_of(secret, other.at(at), at) is not None
        assert other.verify(authenticator.code_at(secret, at), for_time=at)


def test_what_is_shown_as_a_qr_code_is_read_by_another_library() -> None:
    secret = authenticator.new_secret()
    read = pyotp.parse_uri(authenticator.uri(secret, "kari+films@example.no"))
    assert isinstance(read, pyotp.TOTP)
    assert (read.secret, read.name, read.issuer) == (secret, "kari+films@example.no", "AI Studio")
    assert (read.digits, read.interval) == (6, 30)


@pytest.mark.parametrize(
    "steps, taken", [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_code_is_taken_a_step_early_and_a_step_late(steps: int, taken: bool) -> None:
    secret = authenticator.new_secret()
    step = authenticator.step_of(secret, authenticator.code_at(secret, AT + steps * STEP), AT)
    assert (step is not None) is taken
    assert not taken or step == int(AT.timestamp()) // 30 + steps


@pytest.mark.parametrize(
    "code", ["", "00000", "0000000", "abcdef", "æøå123", "１２３４５６", "-1", "\x00"]
)
def test_what_is_no_code_is_none(code: str) -> None:
    assert authenticator.step_of(RFC_SECRET, code, AT) is None


def test_a_recovery_code_has_80_bits_and_is_known_however_it_is_typed() -> None:
    codes = {authenticator.new_recovery_code() for _ in range(200)}
    assert len(codes) == 200
    for code in codes:
        plain = authenticator.recovery_code(code)
        assert len(base64.b32decode(plain.upper())) == 10
        assert authenticator.recovery_code(code.upper().replace("-", " ")) == plain
