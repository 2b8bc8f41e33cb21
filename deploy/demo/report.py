"""The folder that `make demo` leaves: pictures, film, invoice and one page that shows them."""

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from chassis.domain import value
from demo import documents, timeline
from demo.fetching import fetch
from demo.ledger import accounts, sums
from demo.main_job import Outcome, Photo
from demo.page import template
from demo.settlement import settlement_of
from demo.steps import steps
from demo.suite import Suite
from embedded.keys import SERVICES

PAGE = "index.html"
PAYMENTS = (
    "select invoice_id, amount_ore, paid_on, source, external_id"
    " from invoice_payment order by created_at"
)


@value
class Pair:
    """One photograph before and after, as files of the report."""

    room: str  # 'living room'
    before: str
    after: str
    image: Mapping[str, Any]  # media's row


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
    fetch(film, folder / "film.mp4", film["sha256"])
    fetch(outcome.video["thumbnail"], folder / "film.jpg")
    payments = [
        row for row in suite.sql("billing", PAYMENTS) if row["invoice_id"] == outcome.invoice["id"]
    ]
    books = accounts(outcome)
    page = template().render(
        steps=steps(outcome, payments),
        pairs=pairs,
        video=outcome.video,
        invoice=documents.invoice_of(outcome, folder),
        card_sale=documents.of_card_sale(outcome, folder),
        settlement=settlement_of(outcome, folder),
        accounts=books,
        sums=sums(books),
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
        fetch(image["original"], folder / before, sent)
        fetch(image["result"], folder / after, image["sha256"])
        room = photo.room.replace("-", " ")
        pairs.append(Pair(room=room, before=before, after=after, image=image))
    return pairs
