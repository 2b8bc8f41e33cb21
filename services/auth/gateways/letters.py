"""auth's mails, written: of each template a subject, a text and a page.

What strangers chose (names, browsers) is text in them and nothing else: on one line, escaped in the
page, and nothing that looks like an address in it can be clicked.
"""

import re
import textwrap
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chassis.domain import value

TEMPLATES = Path(__file__).parent.parent / "mails"
OURS = "#2456c5"  # where no workspace has a colour of its own
JOINER = "\N{WORD JOINER}"
# Of whatever script, as browsers read addresses, and what stands behind a scheme and before a host.
DOTS = re.compile(r"([.\u3002\uff0e\uff61@:/])(?=\S)")
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
TURNING = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # what turns text around
SHOWN = 200  # characters of what a stranger chose
COLUMNS = 72


@value
class Letter:
    """A mail's subject, and what it says as text and as a page."""

    subject: str
    text: str
    html: str


def shown(text: str) -> str:
    """Return what a stranger chose as text on one line, of which nothing becomes a link."""
    line = " ".join(TURNING.sub("", CONTROLS.sub(" ", text)).split())
    line = line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"
    return DOTS.sub(rf"\1{JOINER}", line)


def written(template: str, words: Mapping[str, object]) -> Letter:
    """Return the mail that a template makes of `words`, which it names.

    `url` (where its button leads), `code`, `logo` (a Content-ID) and `colour` may be given to each.
    Raises `jinja2.UndefinedError` where another word is missing.
    """
    colour = str(words.get("colour") or OURS)
    given = {**words, "colour": colour, "ink": _ink(colour)}
    subject, text, html = (
        environment.get_template(f"{template}.j2").render(given, layout=f"layouts/{layout}.j2")
        for environment, layout in ((_TEXT, "subject"), (_TEXT, "text"), (_HTML, "html"))
    )
    spaced = re.sub(r"\n{3,}", "\n\n", text)  # where a mail has nothing to say
    return Letter(subject=" ".join(subject.split()), text=spaced, html=html)


def _ink(colour: str) -> str:
    """Return the colour, black or white, in which text is read better on that one (WCAG 2)."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    luminance = sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return "#ffffff" if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 else "#000000"


def _wrapped(text: str) -> str:
    return "\n\n".join(
        textwrap.fill(each, COLUMNS, break_long_words=False, break_on_hyphens=False)
        for each in _paragraphs(text)
    )


def _marked(escaped: str) -> str:
    """Return paragraphs of a page; what they are made of is escaped by the template already."""
    return "\n".join(f'<p style="margin:0 0 16px">{each}</p>' for each in _paragraphs(escaped))


def _paragraphs(text: str) -> list[str]:
    return [" ".join(each.split()) for each in re.split(r"\n\s*\n", text.strip()) if each.strip()]


def _environment(autoescape: bool) -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=autoescape,  # noqa: S701 - what is no page is not escaped
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["paragraphs"] = _marked if autoescape else _wrapped
    return made


_TEXT, _HTML = _environment(autoescape=False), _environment(autoescape=True)
