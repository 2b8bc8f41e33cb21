"""auth's mails as they are written: one clear link, and strangers' words as text alone."""

import re
from collections.abc import Mapping
from html.parser import HTMLParser

import pytest
from jinja2 import UndefinedError

from auth.gateways import letters
from auth.gateways.letters import TEMPLATES, shown, written

URL = "https://suite.example/page?token=a&b"
NAMED = {"inviter": "Kari", "workspace": "Storgata AS", "role": "member", "until": "8 March 2026"}
WORDS: Mapping[str, Mapping[str, object]] = {
    "verify_email": {"code": "123456"},
    "sign_up_attempted": {},
    "invitation": NAMED,
    "reset_password": {},
    "set_password": {},
    "change_email": {},
    "email_change_asked": {},
    "email_changed": {},
    "password_changed": {"how": "changed"},
    "totp_changed": {"how": "on"},
    "new_sign_in": {"at": "1 March 2026", "ip": "192.0.2.7", "browser": None, "failed": "3"},
    "impersonated": {"at": "1 March 2026", "until": "1 March 2026"},
}


class Page(HTMLParser):
    """What a reader of a page sees, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: list[str] = []
        self.seen: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [str(value) for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.seen += data.split()


def test_every_template_has_its_words_here() -> None:
    assert {each.stem for each in TEMPLATES.glob("*.j2")} == set(WORDS)


@pytest.mark.parametrize("template", WORDS)
def test_a_mail_has_one_clear_link_and_says_the_same_as_text_and_as_a_page(template: str) -> None:
    letter = written(template, {**WORDS[template], "url": URL})
    page = Page(letter.html)

    assert re.findall(r"https?://\S+", letter.text) == [URL]
    assert (
        page.links == [URL, URL] and "".join(page.seen).count(URL) == 1
    )  # the button, written out
    said = " ".join(page.seen)
    for paragraph in letter.text.split("\n\n"):
        if URL not in paragraph and ":  " not in paragraph:
            assert " ".join(paragraph.split()) in said
    assert letter.subject and "\n" not in letter.subject and "\n\n\n" not in letter.text
    assert letter.subject in said
    assert max(map(len, letter.text.splitlines())) <= letters.COLUMNS


@pytest.mark.parametrize("template", [each for each, words in WORDS.items() if words])
def test_a_word_that_is_missing_makes_no_mail(template: str) -> None:
    for missing in WORDS[template].keys() - {"code"}:
        words = {name: each for name, each in WORDS[template].items() if name != missing}
        with pytest.raises(UndefinedError):
            written(template, {**words, "url": URL})


@pytest.mark.parametrize(
    ("template", "how", "said"),
    [
        ("password_changed", "changed", "who knew the old one"),
        ("password_changed", "reset", "Every session has ended"),
        ("totp_changed", "on", "takes a code"),
        ("totp_changed", "off", "without a code"),
        ("totp_changed", "by_admin", "An administrator of AI Studio has taken"),
    ],
)
def test_a_change_is_named(template: str, how: str, said: str) -> None:
    text = " ".join(written(template, {"how": how, "url": URL}).text.split())
    assert said in text


def test_what_strangers_chose_is_text_and_leads_nowhere() -> None:
    evil = '<b>evil.example</b> <a href="https://evil.example/x">{{ 7 * 7 }} kari@evil.example'
    words = {**NAMED, "inviter": shown(evil), "workspace": shown("evil.example <b>"), "url": URL}
    letter = written("invitation", words)
    page = Page(letter.html)

    assert page.links == [URL, URL]
    assert "b" not in page.tags and page.tags.count("a") == 2
    for form in (letter.subject, letter.text, " ".join(page.seen)):
        assert "evil.\u2060example <b>" in form and "{{ 7 * 7 }}" in form
        assert not re.search(r"evil\.example|https://evil|@evil", form)


@pytest.mark.parametrize(
    ("chosen", "line"),
    [
        ("Kari Nordmann", "Kari Nordmann"),
        ("Firma A. S.", "Firma A. S."),
        ("Æ.Ø", "Æ.\u2060Ø"),
        ("evil\u3002example", "evil\u3002\u2060example"),
        ("Kari\r\nBcc: eve\u2028\x00x", "Kari Bcc: eve x"),
        ("\u202egro.live\u202c", "gro.\u2060live"),
        ("x" * 300, "x" * 199 + "…"),
    ],
)
def test_a_name_is_one_line_that_reads_from_one_side(chosen: str, line: str) -> None:
    assert shown(chosen) == line


@pytest.mark.parametrize(
    ("colour", "ink"),
    [("#ffcc00", "#000000"), ("#1A1A1A", "#ffffff"), (None, "#ffffff"), ("#ffffff", "#000000")],
)
def test_a_workspaces_colour_is_the_buttons_and_what_stands_on_it_can_be_read(
    colour: str | None, ink: str
) -> None:
    html = written("invitation", {**NAMED, "url": URL, "colour": colour, "logo": "logo@x"}).html
    assert f"background:{colour or letters.OURS};color:{ink}" in html
    assert '<img src="cid:logo@x" alt="Storgata AS"' in html
