"""A message as the bytes that are sent: no header in it that we did not write.

Everything is ASCII, in lines of at most 998 characters, so any server takes it. The one exception
is a name outside ASCII before the `@`: it stands in the header as UTF-8 (RFC 6532), and no server
reads it as an encoded word.
"""

import unicodedata
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy, default
from email.utils import format_datetime

import idna

from chassis.domain import value
from chassis.errors import Rejected
from gateways.port import Inline, Message

UNRULY = {"Cc", "Cs", "Zl", "Zp"}  # controls, halves of characters, ends of lines
SHORT = 60  # characters: with its name it stands on one line


class _Subject(UnstructuredHeader, BaseHeader):
    """A subject folded by the older code: the newer loses blanks between words outside ASCII."""

    def fold(self, *, policy: Policy) -> str:
        plain = self.isascii() and len(self) <= SHORT
        words = Header(str(self), None if plain else "utf-8", header_name="Subject")
        return f"Subject: {words.encode(linesep=policy.linesep)}{policy.linesep}"


HEADERS = HeaderRegistry()
HEADERS.map_to_type("subject", _Subject)


@value
class Letter:
    """A written message, with what its envelope needs."""

    sender: str  # addresses as servers write them
    to: str
    utf8: bool  # whether a server must know SMTPUTF8 to take it
    content: bytes


def written(message: Message, sender: str, line_end: str) -> Letter:
    """Return the message from `sender` as bytes. Raises `Rejected("chassis.mail_unwritable")`."""
    try:
        return _written(message, sender, line_end)
    except (ValueError, MessageError):
        pass  # outside of this block, as all of these quote the address
    raise Rejected("chassis.mail_unwritable", "its address, subject or a file's name is none")


def domain_of(address: str) -> str:
    """Return an address's domain in ASCII, by IDNA 2008."""
    return idna.encode(address.rpartition("@")[2]).decode("ascii")


def _written(message: Message, sender: str, line_end: str) -> Letter:
    by, to = _on_the_wire(sender), _on_the_wire(message.to)
    utf8 = not to.username.isascii()
    form = default.clone(utf8=utf8, cte_type="7bit", linesep=line_end, header_factory=HEADERS)
    mail = EmailMessage(form)
    mail["From"], mail["To"], mail["Subject"] = by, to, _line(message.subject)
    mail["Date"] = format_datetime(message.at)
    mail["Message-ID"] = f"<{_line(message.id)}@{by.domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # so that no absent reader's machine answers
    mail.set_content(message.text)
    if message.html is not None:
        mail.add_alternative(message.html, subtype="html")
        _show(mail, message.inline)
    for each in message.attachments:
        kind, _, subkind = each.content_type.partition("/")
        name = _line(each.name)
        mail.add_attachment(each.content, maintype=kind, subtype=subkind, filename=name)
    return Letter(sender=by.addr_spec, to=to.addr_spec, utf8=utf8, content=mail.as_bytes())


def _show(mail: EmailMessage, pictures: tuple[Inline, ...]) -> None:
    """Put pictures beside the page, where its readers look for them."""
    page = mail.get_body(("html",))
    if not isinstance(page, EmailMessage):
        raise AssertionError("the page was just written")
    for each in pictures:
        kind, _, subkind = each.content_type.partition("/")
        page.add_related(each.content, maintype=kind, subtype=subkind, cid=f"<{_line(each.id)}>")


def _on_the_wire(address: str) -> Address:
    local = _line(address).rpartition("@")[0]
    if not local:
        raise ValueError("nobody's")
    return Address(username=local, domain=domain_of(address))


def _line(text: str) -> str:
    """Return what stands in a header. Raises `ValueError` for what would begin another one."""
    if any(unicodedata.category(each) in UNRULY for each in text):
        raise ValueError("not on one line")
    return text
