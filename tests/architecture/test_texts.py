"""Texts: what is shown to others as a line is one, and turns nothing around; each request is asked.

A name that held a line's end would write a second header, one that turns the text around would
show another address than it is.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from importlib import import_module
from typing import Any

from marshmallow import ValidationError

from chassis.asked import OPTIONS
from chassis.door.edge import Method
from chassis.testing import golden
from embedded.keys import SERVICES
from embedded.suite import FACADES

Path = tuple[str | int, ...]

UNRULY = {"a control character": "a\x07b", "one that turns the text around": "a\u202eb"}
LINE_END = "a line's end"
SPOILT = {**UNRULY, LINE_END: "a\nb"}

# Fields that may hold a line's end: texts of several lines.
OF_LINES = {
    "media.edit_image prompt",
    "media.set_alteration reason",
    "video.create_video description",
    "video.create_from_storyboard description",
    "video.update_video description",
    "video.create_video motion_prompt",
    "video.create_from_storyboard motion_prompt",
    "video.add_clip motion_prompt",
    "video.update_clip motion_prompt",
    "video.diff_cost motion_prompt",
    "billing.import_bank_payments kid",  # as the bank writes it
    "billing.import_bank_payments text",
    "affiliate.create_relationship notes",
    "affiliate.fail_payout reason",
    "affiliate.cancel_payout reason",
}
# Fields that may hold anything, since nobody is shown it: it is compared with what is known.
COMPARED = {
    "auth.sign_in email",
    "auth.verify_email email",
    "auth.resend_verification email",
    "auth.request_password_reset email",
    "password",
    "current_password",
    "code",
    "token",
    "session_token",
    "invitation_token",
    "cursor",
    "types",
    "style_template_id",
    "storyboard_id",
    "progress_token",
    "payment_method_id",
}


def methods() -> Iterator[tuple[str, Method]]:
    for service in SERVICES:
        for name in import_module(f"{service}.permissions").PERMISSIONS:
            method: Method = getattr(FACADES[service], name).method
            yield f"{service}.{name}", method


def asked(method: Method) -> dict[str, Any]:
    """Return a request with something in every field."""
    sample = golden.complete({}, [method.asked])[golden.name(method.asked)]
    return {field: given for field, given in sample.items() if field not in OPTIONS}


def texts(given: Any, path: Path = ()) -> Iterator[Path]:
    """Return where in a request a text stands."""
    if isinstance(given, str):
        yield path
    elif isinstance(given, Mapping | list):
        inner = given.items() if isinstance(given, Mapping) else enumerate(given)
        for name, each in inner:
            yield from texts(each, (*path, name))


def spoilt(given: Any, path: Path, text: str) -> Any:
    """Return the request with that text there."""
    if not path:
        return text
    changed = deepcopy(given)
    changed[path[0]] = spoilt(changed[path[0]], path[1:], text)
    return changed


def faults(method: Method, given: Mapping[str, Any], path: Path) -> Any:
    """Return what is said against what stands there."""
    try:
        method.request.load(given)
    except ValidationError as error:
        told: Any = error.messages
        for name in path:
            told = told.get(name) if isinstance(told, Mapping) else told
        return told
    return None


def taken() -> dict[str, set[str]]:
    """Return the texts that may hold what a line must not, and what of it."""
    found: dict[str, set[str]] = {}
    for name, method in methods():
        good = asked(method)
        for path in texts(good):
            where = f"{name} {[each for each in path if isinstance(each, str)][-1]}"
            for what, text in SPOILT.items():
                if not faults(method, spoilt(good, path, text), path):
                    found.setdefault(where, set()).add(what)
    return found


def names(where: str) -> set[str]:
    """Return what an exception may call a field: by itself, and of one method alone."""
    return {where, where.split()[1]}


def test_a_text_that_is_shown_is_a_line_or_lines_and_turns_nothing_around() -> None:
    found = {where: what for where, what in taken().items() if not COMPARED & names(where)}
    assert found == dict.fromkeys(OF_LINES, {LINE_END})


def test_no_field_is_let_off_that_need_not_be() -> None:
    assert COMPARED - set().union(*map(names, taken())) == set()
