"""The folder that `make demo` leaves: pictures, film, invoice and one page that shows them."""

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import requests
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from billing.gateways.norwegian import money, percent
from chassis.domain import value
from demo import timeline
from demo.figures import Figure, figures
from demo.main_job import Outcome, Photo
from demo.suite import Suite
from embedded.keys import SERVICES

PAGE = "index.html"
CONNECT_S, READ_S = 5, 60
CHUNK = 1 << 20  # bytes
PAYMENTS = (
    "select invoice_id, amount_ore, paid_on, source, external_id"
    " from invoice_payment order by created_at"
)
STEP_OF_FIGURE = (  # by the first beginning of its name that fits
    ("Line item", "work"),
    ("Invoice, state", "paid"),
    ("Invoice", "invoice"),
    ("KID", "invoice"),
    ("Earned after", "paid"),
    ("Earn", "commission"),
    ("", "payout"),
)


@value
class Pair:
    """One photograph before and after, as files of the report."""

    room: str  # 'living room'
    before: str
    after: str
    image: Mapping[str, Any]  # media's row


@value
class Step:
    """One step of the money: what it came to, of which parts, and the figures that say so."""

    title: str
    total_ore: int
    parts: Sequence[tuple[str, int]]  # (words, øre)
    names: Sequence[tuple[str, str]]  # (what, id or number)
    figures: Sequence[Figure]

    @property
    def holds(self) -> bool:
        """Whether every figure of it does."""
        return all(figure.holds for figure in self.figures)


def write_report(suite: Suite, outcome: Outcome, photos: Sequence[Photo], out: Path) -> None:
    """Write the report to the folder `out`, in place of an earlier one, whole or not at all.

    Raises `FileExistsError` where `out` is something else than a report, `requests`' errors where
    a file cannot be fetched, and `ValueError` where it is not the one announced.
    """
    if out.exists() and any(out.iterdir()) and not (out / PAGE).exists():
        raise FileExistsError(f"{out} holds other files than a report")
    new, old = (out.with_name(f".{out.name}.{age}") for age in ("new", "old"))
    for left_over in (new, old):
        shutil.rmtree(left_over, ignore_errors=True)
    new.mkdir(parents=True)
    try:
        _fill(new, suite, outcome, photos)
        if out.exists():
            out.rename(old)
        new.rename(out)
    finally:
        for done_with in (new, old):
            shutil.rmtree(done_with, ignore_errors=True)


def _fill(folder: Path, suite: Suite, outcome: Outcome, photos: Sequence[Photo]) -> None:
    pairs = _pairs(folder, outcome.project["images"], photos)
    film = outcome.video["film"]
    _fetch(film, folder / "film.mp4", film["sha256"])
    _fetch(outcome.video["thumbnail"], folder / "film.jpg")
    pdf = f"invoice-{outcome.invoice['invoice_number']}.pdf"
    _fetch(outcome.document, folder / pdf, outcome.document["sha256"])
    payments = [
        row for row in suite.sql("billing", PAYMENTS) if row["invoice_id"] == outcome.invoice["id"]
    ]
    page = _template().render(
        steps=_steps(outcome, payments),
        pairs=pairs,
        video=outcome.video,
        invoice=outcome.invoice,
        pdf=pdf,
        timeline=timeline.read(suite.sql, SERVICES),
        services=SERVICES,
    )
    (folder / PAGE).write_text(page, encoding="utf-8")


def _pairs(
    folder: Path, images: Sequence[Mapping[str, Any]], photos: Sequence[Photo]
) -> list[Pair]:
    by_room = {image["room_type"]: image for image in images}
    pairs = []
    for number, photo in enumerate(photos, start=1):
        image = by_room[photo.room]
        before, after = (f"{side}-{number}-{photo.room}.jpg" for side in ("before", "after"))
        sent = hashlib.sha256(photo.path.read_bytes()).hexdigest()
        _fetch(image["original"], folder / before, sent)
        _fetch(image["result"], folder / after, image["sha256"])
        room = photo.room.replace("-", " ")
        pairs.append(Pair(room=room, before=before, after=after, image=image))
    return pairs


def _fetch(link: Mapping[str, Any], to: Path, sha256: str | None = None) -> None:
    digest = hashlib.sha256()
    with requests.get(link["url"], timeout=(CONNECT_S, READ_S), stream=True) as answer:
        answer.raise_for_status()
        with to.open("wb") as sink:
            for chunk in answer.iter_content(CHUNK):
                digest.update(chunk)
                sink.write(chunk)
    if sha256 is not None and digest.hexdigest() != sha256:
        raise ValueError(f"{to.name} is not the file that was announced")


def _steps(outcome: Outcome, payments: Sequence[Mapping[str, Any]]) -> list[Step]:
    project, video, lines = outcome.project, outcome.video, outcome.lines
    invoice, payout, earnings = outcome.invoice, outcome.payout, outcome.earnings
    found = figures(outcome)
    return [
        Step(
            title="Work delivered",
            total_ore=sum(line["net_ore"] for line in lines),
            parts=[(_delivered(line), line["net_ore"]) for line in lines],
            names=[("project", project["id"]), ("video", video["id"])],
            figures=_of_step("work", found),
        ),
        Step(
            title="Invoiced",
            total_ore=invoice["gross_ore"],
            parts=[("Net", invoice["net_ore"]), ("VAT", invoice["vat_ore"])],
            names=[("number", str(invoice["invoice_number"])), ("KID", invoice["kid"])],
            figures=_of_step("invoice", found),
        ),
        Step(
            title="Paid in two parts",
            total_ore=sum(row["amount_ore"] for row in payments),
            parts=[(row["external_id"], row["amount_ore"]) for row in payments],
            names=[("invoice", invoice["id"])],
            figures=_of_step("paid", found),
        ),
        Step(
            title="Commission earned",
            total_ore=sum(row["earning_amount_ore"] for row in earnings),
            parts=[(_share(row), row["invoice_amount_ore"]) for row in earnings],
            names=[("earning", row["id"]) for row in earnings],
            figures=_of_step("commission", found),
        ),
        Step(
            title="Paid out",
            total_ore=payout["amount_ore"],
            parts=[("Left to pay out", outcome.stats["pending_ore"])],
            names=[("payout", payout["id"]), ("reference", payout["reference"])],
            figures=_of_step("payout", found),
        ),
    ]


def _delivered(line: Mapping[str, Any]) -> str:
    return "Photographs" if line["project_id"] else "Film"


def _share(earning: Mapping[str, Any]) -> str:
    return f"{percent(100 * earning['commission_percent'])} of"


def _of_step(name: str, found: Sequence[Figure]) -> list[Figure]:
    def step_of(figure: Figure) -> str:
        return next(step for start, step in STEP_OF_FIGURE if figure.name.startswith(start))

    return [figure for figure in found if step_of(figure) == name]


def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        money=money, percent=percent, day=_day, duration=_duration, short=lambda id: id[:8]
    )
    return environment.get_template("report.html.j2")


def _day(iso: str) -> str:
    """Return '2026-11-22' as '22 November 2026'."""
    on = date.fromisoformat(iso[:10])
    return f"{on.day} {on:%B %Y}"


def _duration(ms: float) -> str:
    """Return '4.2 ms', '340 ms' or '12.3 s'."""
    if ms < 999.5:
        return f"{ms:.2g} ms" if ms < 10 else f"{ms:.0f} ms"
    return f"{ms / 1000:.1f} s"
