"""Answers the questions in `docs/life-of-an-event.md` from a suite, as psql would print them.

Under `<!-- rows:NAME -->` stands a block. It begins with a question, written by hand: a query
(`billing=> select …;`) or a call (`admin> billing.method({…})`). The rest of it is the answer,
written by this module. What differs from run to run bears the same name in both.

`python -m journeys.stages.life_of_an_event`, with the source roots in PYTHONPATH, does the main
job in a suite of its own and writes every answer into the page.
"""

import json
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psycopg
from interior_photos import get_photo_dir
from psycopg.rows import dict_row

from demo.main_job import Photo
from embedded.suite import Suite
from journeys.conftest import SOURCES
from journeys.stages.quiet import main_job

PAGE = Path(__file__).parents[3] / "docs" / "life-of-an-event.md"
BLOCK = re.compile(r"<!-- rows:(?P<name>[\w-]+) -->\n```text\n(?P<text>.*?)\n```\n", re.DOTALL)
QUERY = re.compile(r"(?P<service>\w+)=> (?P<query>.*?;)\n", re.DOTALL)
CALL = re.compile(
    r"(?P<who>\w+)> (?P<service>\w+)\.(?P<method>\w+)\((?P<arguments>\{.*?\})\)"
    r"(?:\.(?P<part>\w+))?\n",
    re.DOTALL,
)

# A column's name is the name that its value bears on the page.
BILLING_NAMES = """
    select paid.event_id as paid, told.previous as delivered, told.position - 1 as p,
        issued.event_id as issued,
        paid.meta ->> 'call' as call, paid.meta ->> 'correlation' as correlation,
        paid.meta ->> 'workspace' as workspace,
        split_part(paid.meta ->> 'actor', ':', 2) as admin,
        recorded.event_id as recorded, recorded.data ->> 'paid_on' as date,
        photographs.id as "photographs' payment", film.id as "film's payment",
        photographs.project_id as project, film.project_id as film,
        photographs.invoice_line_item_id as "photographs' line",
        film.invoice_line_item_id as "film's line", transfer.id as transfer
    from events paid join positions told using (seq)
        join events recorded on recorded.stream_id = paid.stream_id
            and recorded.version = paid.version - 1
        join events issued on issued.stream_id = paid.stream_id and issued.type = 'InvoiceIssued'
        join bank_payment transfer on transfer.source = recorded.data ->> 'source'
            and transfer.external_id = recorded.data ->> 'external_id'
        join project_payment photographs on photographs.target_kind = 'image_project'
            and paid.meta ->> 'workspace' = photographs.workspace_id
        join project_payment film on film.target_kind = 'video_project'
            and paid.meta ->> 'workspace' = film.workspace_id
    where paid.stream_id = 'invoice-' || %(invoice)s and paid.type = 'InvoicePaid'
        and array[photographs.invoice_line_item_id, film.invoice_line_item_id]
            <@ (select array_agg(id) from invoice_line_item where invoice_id = %(invoice)s)
"""
AFFILIATE_NAMES = """
    select earning.id as earning, earning.affiliate_relationship_id as relationship,
        earning.affiliate_workspace_id as affiliate, earned.event_id as earned,
        earned.meta ->> 'call' as hearing
    from affiliate_earning earning
        join events earned on earned.stream_id = 'earning-' || earning.id and earned.version = 1
    where earning.invoice_id = %(invoice)s
"""

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PLAIN = (  # what bears one name wherever it stands
    (re.compile(r"\b\d{4}-\d\d-\d\d[ T][\d:.]+(?:Z|[+-]\d\d(?::\d\d)?)"), "<time>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d\b"), "<date>"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "<sha256>"),
)
POSITION = re.compile(r'(?<="position": )(\d+)')
RELATIVE = re.compile(r'(?<="position": )p(?P<more>[+-]\d+)?')

NUMBERS = {"int2", "int4", "int8", "numeric", "float4", "float8"}  # psql puts these to the right


class Page:
    """The page's blocks, answered by one suite in which the main job was done."""

    def __init__(self, suite: Suite, invoice_id: str) -> None:
        """Look up what bears a name."""
        self.suite = suite
        self.admin = main_job(suite).admin
        found: dict[str, Any] = {"invoice": invoice_id}
        for service, query in (("billing", BILLING_NAMES), ("affiliate", AFFILIATE_NAMES)):
            with psycopg.connect(suite.owner_url(service), row_factory=dict_row) as connection:
                (row,) = connection.execute(query.encode(), {"invoice": invoice_id}).fetchall()
                found |= row
        self.p: int = found.pop("p")
        self.values = {name: str(each) for name, each in found.items()}
        self.names = {each: name for name, each in self.values.items()}

    def answered(self, text: str) -> str:
        """Return a block's text with its question as it is and the answer as it should be."""
        if question := QUERY.match(text):
            answer = self._rows(question["service"], self._valued(question["query"]))
        elif question := CALL.match(text):
            answer = self._reply(question)
        else:
            raise ValueError(f"neither a query nor a call: {text}")
        return question[0] + answer

    def _rows(self, service: str, query: str) -> str:
        with psycopg.connect(self.suite.owner_url(service)) as connection:
            connection.execute("set timezone to 'UTC'")
            cursor = connection.execute(query.encode())
            result, columns = cursor.pgresult, cursor.description or []
            if result is None:
                raise ValueError(f"no rows: {query}")
            rows = [
                [
                    self._named(_text(result.get_value(row, column)), about.name)
                    for column, about in enumerate(columns)
                ]
                for row in range(result.ntuples)
            ]
        return as_psql(
            [about.name for about in columns],
            [about.type_display in NUMBERS for about in columns],
            rows,
        )

    def _reply(self, question: re.Match[str]) -> str:
        text = RELATIVE.sub(self._absolute, self._valued(question["arguments"]))
        arguments = json.loads(text)
        call: Callable[..., Any] = (
            self.admin.call
            if question["who"] == "admin"
            else self.suite.working[question["who"]].peers(question["service"]).call
        )
        place = (question["service"],) if question["who"] == "admin" else ()
        reply = call(*place, question["method"], **arguments)
        shown = reply[question["part"]] if question["part"] else reply
        return self._named(json.dumps(shown, indent=2, ensure_ascii=False))

    def _valued(self, text: str) -> str:
        """Return a question with values in place of names."""
        for name, each in self.values.items():
            text = text.replace(f"<{name}>", each)
        return text

    def _named(self, text: str, column: str = "") -> str:
        """Return an answer with names in place of values. Raises `KeyError` for an unknown id."""
        if column == "position":
            return self._relative(text)
        text = UUID.sub(lambda found: f"<{self.names[found[0]]}>", text)
        for pattern, name in PLAIN:
            text = pattern.sub(name, text)
        return POSITION.sub(lambda found: self._relative(found[1]), text)

    def _absolute(self, found: re.Match[str]) -> str:
        return str(self.p + int(found["more"] or 0))

    def _relative(self, position: str) -> str:
        more = int(position) - self.p
        return f"p{more:+}" if more else "p"


def _text(stored: bytes | None) -> str:
    return "" if stored is None else stored.decode()


def as_psql(names: Sequence[str], right: Sequence[bool], rows: Sequence[Sequence[str]]) -> str:
    """Return rows as psql prints them, but for spaces at a line's end."""
    cells = [[cell.split("\n") for cell in row] for row in rows]
    widths = [
        max(len(line) for lines in ([name], *column) for line in lines)
        for name, *column in zip(names, *cells, strict=True)
    ]
    head = "|".join(f" {name:^{width}} " for name, width in zip(names, widths, strict=True))
    lines = [head, "+".join("-" * (width + 2) for width in widths)]
    for row in cells:
        for number in range(max(map(len, row))):
            lines.append("|".join(map(_cell, row, widths, right, [number] * len(row))))
    count = f"({len(rows)} row{'' if len(rows) == 1 else 's'})"
    return "\n".join(line.rstrip() for line in (*lines, count))


def _cell(lines: Sequence[str], width: int, right: bool, number: int) -> str:
    line = lines[number] if number < len(lines) else ""
    return f" {line:{'>' if right else '<'}{width}}{'+' if number + 1 < len(lines) else ' '}"


def main() -> int:
    """Write every answer into the page."""
    photos = [Photo(path=Path(get_photo_dir()) / name, room=room) for name, room in SOURCES]
    with tempfile.TemporaryDirectory(prefix="life-") as folder:
        Path(folder).chmod(0o711)  # as root, the account that serves PostgreSQL passes through it
        with Suite(folder, durable=False) as suite:
            page = Page(suite, main_job(suite, photos).run().invoice["id"])
            text = BLOCK.sub(
                lambda found: found[0].replace(found["text"], page.answered(found["text"] + "\n")),
                PAGE.read_text("utf-8"),
            )
        suite.server.forget()
    PAGE.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
