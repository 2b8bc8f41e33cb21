"""A message as bytes: headers that are ours, and encodings that every server takes."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from chassis.errors import Rejected
from gateways.mail_writing import written
from gateways.port import Attachment, Inline, Message

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
SENDER = "no-reply@example.com"
PDF = Attachment(
    name="Faktura 10001 – Blåbær.pdf",
    content_type="application/pdf",
    content=bytes(range(256)) * 50 + b"\r.\n.\r\n",
)
EHF = Attachment(
    name="10001.xml", content_type="application/xml", content="<a>æ</a>\n".encode() * 900
)


def message(**given: Any) -> Message:
    whole = {"id": "7", "to": "ada@example.com", "subject": "Hei", "text": "Hei\n", "at": AT}
    return Message(**{**whole, **given})


def read(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=default)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_what_is_written_is_read_again_byte_by_byte(line_end: str) -> None:
    text = "Lang linje på norsk. " * 80 + "\n.\n\n.punktum\nFrom her\n"
    given = message(text=text, attachments=(PDF, EHF))
    mail = read(written(given, SENDER, line_end).content)

    body = mail.get_body()
    assert isinstance(body, EmailMessage)
    assert body.get_content().replace("\r\n", "\n") == text
    found = [(each.get_filename(), each.get_content_type()) for each in mail.iter_attachments()]
    assert found == [(PDF.name, PDF.content_type), (EHF.name, EHF.content_type)]
    contents = [each.get_payload(decode=True) for each in mail.iter_attachments()]
    assert contents == [PDF.content, EHF.content]


@pytest.mark.parametrize(
    "subject",
    ["Faktura 10001 på blåbær " * 5 + "x", "a " * 300 + "z", "x" * 2_000, "ß" * 40],
)
def test_a_subject_is_read_as_it_was_given_however_long(subject: str) -> None:
    content = written(message(subject=subject), SENDER, "\r\n").content
    assert read(content)["Subject"] == subject
    assert max(map(len, content.split(b"\r\n"))) <= 78


def test_its_headers_are_these() -> None:
    mail = read(written(message(), "no-reply@blåbær.no", "\r\n").content)
    assert dict(mail) == {
        "From": "no-reply@xn--blbr-roah.no",
        "To": "ada@example.com",
        "Subject": "Hei",
        "Date": "Sun, 01 Mar 2026 12:00:00 +0000",
        "Message-ID": "<7@xn--blbr-roah.no>",
        "Auto-Submitted": "auto-generated",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "7bit",
        "MIME-Version": "1.0",
    }


LONG = f"{'d' * 60}.{'d' * 60}.{'d' * 60}.no"


@pytest.mark.parametrize(
    ("to", "header"),
    [
        ("kari@blåbær.no", "To: kari@xn--blbr-roah.no"),
        ("weiß@example.com", "To: weiß@example.com"),
        ("weiß@straße.de", "To: weiß@xn--strae-oqa.de"),
        (f"{'k' * 64}@{LONG}", f"To: {'k' * 64}@{LONG}"),
        (f"{'ß' * 32}@{LONG}", f"To: {'ß' * 32}@{LONG}"),
    ],
)
def test_an_address_is_written_as_servers_read_it_and_never_as_an_encoded_word(
    to: str, header: str
) -> None:
    letter = written(message(to=to, subject="Bekreft på nytt", text="på\n"), SENDER, "\r\n")
    assert f"\r\n{header}\r\n".encode() in letter.content
    assert letter.to == header.removeprefix("To: ")
    assert letter.utf8 == (not letter.to.isascii())
    assert read(letter.content)["Subject"] == "Bekreft på nytt"


@pytest.mark.parametrize("domain", ["example.com", LONG])
@pytest.mark.parametrize("text", ["Hei på deg\n", "æ" * 5_000 + "\n" + "x" * 5_000 + "\rx\n\0\n"])
def test_every_server_takes_it_whatever_its_extensions_are(domain: str, text: str) -> None:
    given = message(id="9" * 36, text=text, subject="ø" * 400, attachments=(PDF, EHF))
    letter = written(given, f"no-reply@{domain}", "\r\n")

    assert letter.content.isascii()
    lines = letter.content.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert not any(b"\n" in each or b"\r" in each or b"\0" in each for each in lines)
    assert letter.content.endswith(b"\r\n")
    # whole: readers that know a message by it know no encoded word there
    assert f"<{'9' * 36}@{domain}>".encode() in letter.content


SMUGGLED = [f"x{end}Bcc: eve@example.com" for end in ("\r\n", "\n", "\r", "\x0b", "\x85", "\u2028")]


@pytest.mark.parametrize("bad", [*SMUGGLED, "x\0", "x\ud800"])
def test_nothing_smuggles_in_another_header_and_no_error_quotes_it(bad: str) -> None:
    spoiled = [
        message(to=f"{bad}@example.com"),
        message(to=f"ada@example.com{bad}"),
        message(subject=bad),
        message(id=bad),
        message(attachments=(Attachment(name=bad, content_type="a/b", content=b""),)),
        message(html="", inline=(Inline(id=bad, content_type="a/b", content=b""),)),
    ]
    for each in spoiled:
        with pytest.raises(Rejected) as refused:
            written(each, SENDER, "\r\n")
        assert_says_nothing(refused.value)


@pytest.mark.parametrize("to", ["", "ada", "ada@", "@", "@b.no", "ada@-x-.no", "ada@b c"])
def test_an_address_that_no_mail_can_have_is_refused_and_not_quoted(to: str) -> None:
    with pytest.raises(Rejected) as refused:
        written(message(to=to), SENDER, "\r\n")
    assert_says_nothing(refused.value)


def assert_says_nothing(refused: Rejected) -> None:
    """Neither the error, nor what a traceback would print behind it, quotes what was given."""
    assert refused.__context__ is None and refused.__cause__ is None
    said = "chassis.mail_unwritable: its address, subject or a file's name is none"
    assert (str(refused), refused.retryable) == (said, False)


def test_a_message_shows_neither_its_address_nor_its_text() -> None:
    shown = repr(message(subject="secret-1", text="secret-2", html="secret-3", attachments=(PDF,)))
    assert "ada" not in shown and "secret" not in shown and len(shown) < 300


LOGO = Inline(id="logo.7@example.com", content_type="image/png", content=bytes(range(256)) * 9)
PAGE = '<p>Blåbær <img src="cid:logo.7@example.com"></p>\n'


def parts(content: bytes) -> list[str]:
    return [each.get_content_type() for each in read(content).walk()]


def test_a_page_stands_beside_the_text_with_its_pictures_in_it() -> None:
    given = message(text="Blåbær\n", html=PAGE, inline=(LOGO,))
    letter = written(given, SENDER, "\r\n")
    mail = read(letter.content)

    page = ["multipart/related", "text/html", "image/png"]
    assert parts(letter.content) == ["multipart/alternative", "text/plain", *page]
    assert [_content(mail, each) for each in ("plain", "html")] == ["Blåbær\n", PAGE]
    (picture,) = [each for each in mail.walk() if each.get_content_type() == "image/png"]
    assert (picture["Content-ID"], picture["Content-Disposition"]) == (f"<{LOGO.id}>", "inline")
    assert picture.get_payload(decode=True) == LOGO.content
    assert letter.content.isascii() and max(map(len, letter.content.split(b"\r\n"))) <= 998


def test_a_page_without_pictures_is_one_part_and_attachments_lie_around_both() -> None:
    plain = written(message(html=PAGE), SENDER, "\n").content
    assert parts(plain) == ["multipart/alternative", "text/plain", "text/html"]
    attached = written(message(html=PAGE, attachments=(PDF,)), SENDER, "\n").content
    assert parts(attached) == ["multipart/mixed", *parts(plain), "application/pdf"]


def _content(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert isinstance(body, EmailMessage)
    return str(body.get_content()).replace("\r\n", "\n")
