"""What tests show of ASVS 5.0: a test says so by its mark, `@pytest.mark.asvs("7.2.4")`.

The table lists what is shown and nothing else: a requirement without a test does not stand in it.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

TESTS = Path(__file__).parents[2] / "tests"
MARK = "pytest.mark.asvs"

REQUIREMENTS: Mapping[str, str] = {  # by its number: what it asks, in our words
    "6.1.1": "guessing is slowed down, and nobody is locked out for good by it",
    "6.2.1": "a password has 8 characters at least",
    "6.2.3": "who changes a password gives the present one as well",
    "6.2.4": "the passwords that are tried first are refused: 3 000 of them at least",
    "6.2.5": "a password is of whatever characters one likes",
    "6.2.8": "a password is compared as it was typed, in full",
    "6.2.9": "a password may have 64 characters at least",
    "6.2.11": "a password is not the name of its context",
    "6.3.3": "more than one factor is used",
    "6.3.5": "people are told of sign-ins that look odd",
    "6.3.7": "people are told when their credentials have changed",
    "6.3.8": "nothing tells who has an account",
    "6.4.3": "a reset of the password passes by no second factor",
    "6.4.6": "an admin begins a reset, and chooses nobody's password",
    "6.5.1": "recovery codes and one-time passwords are used once",
    "6.5.5": "a code that is sent lasts 10 minutes at most, one of an authenticator 30 s",
    "7.1.2": "it is said how many sessions one may have, and what happens to one more",
    "7.2.3": "session tokens are random, of 128 bits at least",
    "7.2.4": "whoever signs in gets a new session token; the session before it can be ended",
    "7.3.1": "a session ends when it was not used for a time",
    "7.3.2": "a session ends after a time, used or not",
    "7.4.1": "a session that has ended is of no use",
    "7.4.2": "with an account that is disabled or deleted end all its sessions",
    "7.4.3": "who changes a credential can end all other sessions",
    "7.4.5": "an admin can end the sessions of one person",
    "7.5.1": "before what is sensitive is changed, one shows again who one is",
    "7.5.2": "people see their sessions, and end any of them",
    "8.3.1": "what somebody may do is asked where it is done, and not of who asks for it",
    "8.3.2": "a change of what somebody may do holds at once",
    "8.3.3": "a service may for a person what that person may",
    "8.4.1": "one tenant does nothing to another's things",
    "11.5.1": "what must not be guessed is random, of 128 bits at least",
    "13.2.1": "services show each other who they are",
    "13.2.2": "a service may among others what it needs, and nothing else",
    "13.2.3": "no service has a password that it came with",
    "16.3.1": "each sign-in is logged, and each that fails",
    "16.3.2": "what was refused to somebody is logged",
}


def table(tests: Path = TESTS) -> str:
    """Return what is shown, by its number, as Markdown."""
    shown = marked(tests)
    numbers = sorted(shown, key=lambda number: [int(each) for each in number.split(".")])
    lines = [f"| {each} | {REQUIREMENTS[each]} | {_listed(shown[each])} |" for each in numbers]
    return "\n".join(("| ASVS 5.0 | asks | shown by |", "|---|---|---|", *lines))


def marked(tests: Path) -> dict[str, list[str]]:
    """Return by number the tests that are marked with it. Raises `ValueError` for a wrong mark."""
    found: dict[str, list[str]] = {}
    for path in sorted(tests.rglob("test_*.py")):
        text = path.read_text("utf-8")
        if MARK not in text:
            continue
        for name, numbers in _tests(ast.parse(text)):
            place = f"{path.relative_to(tests.parent).as_posix()}::{name}"
            for number in numbers:
                if number not in REQUIREMENTS:
                    raise ValueError(f"{place}: {number} is none that REQUIREMENTS has")
                found.setdefault(number, []).append(place)
    return found


def _tests(module: ast.Module) -> Iterator[tuple[str, Sequence[str]]]:
    for node in module.body:
        if isinstance(node, ast.FunctionDef):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == MARK:
                    yield node.name, [ast.literal_eval(each) for each in mark.args]


def _listed(places: Sequence[str]) -> str:
    return "<br>".join(f"`{each.removeprefix('tests/')}`" for each in places)
